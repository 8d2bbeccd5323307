package io.kvm4j.headers.snapshot;

import java.util.List;
import java.util.Optional;

/**
 * The ABI that one header set declares for one architecture: what a C compiler for that architecture would say about
 * every record, constant and ioctl of the selected headers.
 *
 * <p>All lists are sorted by name, members stand in the order of their declaration, so that two extractions of the same
 * headers are equal and a snapshot's text differs only where the ABI does.
 *
 * @param headerSet the name of the header set, for example {@code linux-7.2}
 * @param architecture the architecture as GNU triples name it, for example {@code x86_64}
 * @param headers the headers that were selected, with their digests
 * @param records every struct and union that the selected headers declare, and those they embed by value
 * @param constants every macro and enumerator with an integer value
 * @param ioctls every ioctl request macro that has a value on this architecture
 * @param unavailableIoctls the names of ioctl request macros without a value here, since their argument's struct is not
 *     declared for this architecture
 */
public record Snapshot(
        String headerSet,
        String architecture,
        List<Header> headers,
        List<RecordType> records,
        List<Constant> constants,
        List<Ioctl> ioctls,
        List<String> unavailableIoctls) {

    public Snapshot {
        headers = List.copyOf(headers);
        records = List.copyOf(records);
        constants = List.copyOf(constants);
        ioctls = List.copyOf(ioctls);
        unavailableIoctls = List.copyOf(unavailableIoctls);
    }

    /** Finds a record by its C name without {@code struct} or {@code union}. */
    public Optional<RecordType> record(String name) {
        return records.stream().filter(r -> r.name().equals(name)).findFirst();
    }

    /** Finds a constant by its C name. */
    public Optional<Constant> constant(String name) {
        return constants.stream().filter(c -> c.name().equals(name)).findFirst();
    }

    /** Finds an ioctl by the name of its request macro. */
    public Optional<Ioctl> ioctl(String name) {
        return ioctls.stream().filter(i -> i.name().equals(name)).findFirst();
    }
}
