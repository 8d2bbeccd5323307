package io.kvm4j.snapshot;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The ABI that one header set declares for one architecture: what a C compiler for that architecture would say about
 * every record, constant and ioctl of the selected headers.
 *
 * <p>All lists are sorted by name, members stand in the order of their declaration, so that two extractions of the same
 * headers are equal and a snapshot's text differs only where the ABI does.
 */
public final class Snapshot {
    private final String headerSet;
    private final String architecture;
    private final List<Header> headers;
    private final List<RecordType> records;
    private final List<Constant> constants;
    private final List<Ioctl> ioctls;
    private final List<String> unavailableIoctls;
    private final Map<String, RecordType> recordsByName;
    private final Map<String, Constant> constantsByName;
    private final Map<String, Ioctl> ioctlsByName;

    /**
     * Makes a snapshot.
     *
     * @param headerSet the name of the header set, for example {@code linux-7.2}
     * @param architecture the architecture as GNU triples name it, for example {@code x86_64}
     * @param headers the headers that were selected, with their digests
     * @param records every struct and union that the selected headers declare, and those they embed by value
     * @param constants every macro and enumerator with an integer value
     * @param ioctls every ioctl request macro that has a value on this architecture
     * @param unavailableIoctls the names of ioctl request macros without a value here, since their argument's struct is
     *     not declared for this architecture
     */
    public Snapshot(
            String headerSet,
            String architecture,
            List<Header> headers,
            List<RecordType> records,
            List<Constant> constants,
            List<Ioctl> ioctls,
            List<String> unavailableIoctls) {
        this.headerSet = headerSet;
        this.architecture = architecture;
        this.headers = List.copyOf(headers);
        this.records = List.copyOf(records);
        this.constants = List.copyOf(constants);
        this.ioctls = List.copyOf(ioctls);
        this.unavailableIoctls = List.copyOf(unavailableIoctls);
        this.recordsByName = byName(this.records, RecordType::name);
        this.constantsByName = byName(this.constants, Constant::name);
        this.ioctlsByName = byName(this.ioctls, Ioctl::name);
    }

    private static <T> Map<String, T> byName(List<T> entries, Function<T, String> name) {
        Map<String, T> map = HashMap.newHashMap(entries.size());
        entries.forEach(entry -> map.putIfAbsent(name.apply(entry), entry));
        return map;
    }

    /** The name of the header set. */
    public String headerSet() {
        return headerSet;
    }

    /** The architecture as GNU triples name it. */
    public String architecture() {
        return architecture;
    }

    /** The headers that were selected, with their digests. */
    public List<Header> headers() {
        return headers;
    }

    /** Every struct and union that the selected headers declare, and those they embed by value. */
    public List<RecordType> records() {
        return records;
    }

    /** Every macro and enumerator with an integer value. */
    public List<Constant> constants() {
        return constants;
    }

    /** Every ioctl request macro that has a value on this architecture. */
    public List<Ioctl> ioctls() {
        return ioctls;
    }

    /** The names of ioctl request macros without a value here. */
    public List<String> unavailableIoctls() {
        return unavailableIoctls;
    }

    /** Finds a record by its C name without {@code struct} or {@code union}. */
    public Optional<RecordType> record(String name) {
        return Optional.ofNullable(recordsByName.get(name));
    }

    /** Finds a constant by its C name. */
    public Optional<Constant> constant(String name) {
        return Optional.ofNullable(constantsByName.get(name));
    }

    /** Finds an ioctl by the name of its request macro. */
    public Optional<Ioctl> ioctl(String name) {
        return Optional.ofNullable(ioctlsByName.get(name));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Snapshot that
                && headerSet.equals(that.headerSet)
                && architecture.equals(that.architecture)
                && headers.equals(that.headers)
                && records.equals(that.records)
                && constants.equals(that.constants)
                && ioctls.equals(that.ioctls)
                && unavailableIoctls.equals(that.unavailableIoctls);
    }

    @Override
    public int hashCode() {
        return Objects.hash(headerSet, architecture, headers, records, constants, ioctls, unavailableIoctls);
    }

    @Override
    public String toString() {
        return headerSet + " for " + architecture;
    }
}
