package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The pager under random load, see {@link Schedule}. {@code -Dkvm4j.schedule=SEED} runs one alone, as often as
 * {@code -Dkvm4j.schedules=NUMBER} says; without a seed that many run, one after the other.
 */
@RequiresUserfaultfd
class RandomSchedulesTest {
    private static final int IN_EACH_BUILD = 25;
    private static final int MANY = 1000;

    @Test
    void aFewSchedules() throws Exception {
        run(Integer.getInteger("kvm4j.schedules", IN_EACH_BUILD));
    }

    @Test
    @Tag("slow")
    void aThousandSchedules() throws Exception {
        run(Integer.getInteger("kvm4j.schedules", MANY));
    }

    private static void run(int number) throws Exception {
        long descriptors = OwnProcess.descriptors();
        Long seed = Long.getLong("kvm4j.schedule");
        for (int i = 0; i < number; i++) {
            long each = seed == null ? i : seed;
            Schedule.run(each);
            assertEquals(descriptors, OwnProcess.descriptors(), () -> "descriptors after schedule " + each);
            assertEquals(0, OwnProcess.pagerThreads(), () -> "threads after schedule " + each);
        }
    }
}
