package io.kvm4j.headers.sets;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A header set whose headers come from a Debian archive. The SHA-256 of each header stands in the set's snapshots and
 * pins what the archive gives.
 *
 * @param name for example {@code linux-7.2}
 * @param source where the headers come from
 */
public record HeaderSet(String name, DebianRelease source) {

    /** The header sets whose snapshots are committed, oldest first. */
    public static final List<HeaderSet> COMMITTED = List.of(
            new HeaderSet("linux-6.1", new DebianRelease("6.1.", List.of("bookworm", "bookworm-security"))),
            new HeaderSet("linux-6.12", new DebianRelease("6.12.", List.of("trixie", "trixie-security"))),
            new HeaderSet("linux-7.2", new DebianRelease("7.2.", List.of("sid", "trixie-backports"))),
            new HeaderSet("linux-7.3", new DebianRelease("7.3.", List.of("trixie-backports", "sid"))));

    /** What separates the set that a proposal goes on top of from the proposal. */
    static final String ON_TOP = "+";

    /** What a header set may be called: it becomes the name of a directory. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]*");

    /**
     * Finds a committed header set, or one with a proposal on top of it, by its name.
     *
     * @throws HeadersException with {@link Problem#UNKNOWN_SET}
     */
    public static HeaderSet of(String name) {
        if (proposal(name).isPresent()) {
            return new HeaderSet(name, of(base(name)).source());
        }
        return COMMITTED.stream()
                .filter(set -> set.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new HeadersException(
                        Problem.UNKNOWN_SET,
                        "unknown header set '" + name + "'; known are "
                                + COMMITTED.stream().map(HeaderSet::name).collect(Collectors.joining(", "))
                                + "; for a set of your own give its headers with --headers DIR"));
    }

    /** The name of the set below a proposal, or the name itself if there is no proposal on top. */
    public static String base(String name) {
        int end = name.indexOf(ON_TOP);
        return end < 0 ? name : name.substring(0, end);
    }

    /**
     * The proposal that a set of this name has on top.
     *
     * @throws HeadersException with {@link Problem#UNKNOWN_SET} if there is no such proposal
     */
    public static Optional<Proposal> proposal(String name) {
        int end = name.indexOf(ON_TOP);
        return end < 0 ? Optional.empty() : Optional.of(Proposal.of(name.substring(end + 1)));
    }

    /** Whether a header set may be called so. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Checks that a name may be that of a header set.
     *
     * @throws HeadersException with {@link Problem#UNKNOWN_SET}
     */
    public static String checkName(String name) {
        if (!isName(name)) {
            throw new HeadersException(
                    Problem.UNKNOWN_SET,
                    "'" + name
                            + "' cannot name a header set: use letters, digits, '.', '_' and '-', and '+' before a proposal");
        }
        return name;
    }
}
