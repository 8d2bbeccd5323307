package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresUserfaultfd
@Timeout(300)
class FaultHandlerTest {
    @Test
    void aThreadHasOneOfItsOwn() throws Exception {
        try (Rig rig = new Rig(4, new Pattern())) {
            FaultHandler own = rig.pager.handler();
            assertSame(own, rig.pager.handler());
            assertNotSame(own, Rig.get(Rig.start(rig.pager::handler)));
        }
    }

    @Test
    void itProvidesPages() {
        try (Rig rig = new Rig(4, new Pattern())) {
            FaultHandler faults = rig.pager.handler();
            faults.resolve(Rig.gpa(1));
            faults.ensure(Rig.gpa(2), HostMemory.PAGE);
            assertEquals(2, rig.pager.missingPages());
            assertArrayEquals(Pattern.page(1), HostMemory.read(rig.memory, 1));
            assertArrayEquals(Pattern.page(2), HostMemory.read(rig.memory, 2));
            assertEquals(1, rig.pager.figures().total().faults());
            assertThrows(PagingException.class, () -> faults.resolve(Rig.gpa(4)));
        }
    }

    @Test
    void anotherThreadIsRefused() throws Exception {
        try (Rig rig = new Rig(4, new Pattern())) {
            FaultHandler faults = rig.pager.handler();
            FutureTask<?> other = Rig.start(() -> {
                faults.resolve(Rig.gpa(1));
                return null;
            });
            Throwable why =
                    assertThrows(ExecutionException.class, () -> Rig.get(other)).getCause();
            assertTrue(why instanceof IllegalStateException, why::toString);
            assertTrue(String.valueOf(why.getMessage()).contains("not for \"toucher\""), why::toString);
            assertEquals(DemandPager.State.RUNNING, rig.pager.state());
            assertEquals(4, rig.pager.missingPages());
        }
    }
}
