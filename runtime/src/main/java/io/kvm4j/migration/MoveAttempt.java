package io.kvm4j.migration;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One attempt to move a guest.
 *
 * @param destination the number that the destination's process made up when it started, and told nobody but the source:
 *     another process is another destination, even on the same host
 * @param number the number that the source made up for the attempt
 */
record MoveAttempt(long destination, long number) {
    private static final Pattern TEXT = Pattern.compile("destination ([0-9a-f]{16}) attempt ([0-9a-f]{16})\n");

    /** A number that nobody guesses, and never 0. */
    static long newNumber() {
        SecureRandom random = new SecureRandom();
        long number = 0;
        while (number == 0) {
            number = random.nextLong();
        }
        return number;
    }

    static Optional<MoveAttempt> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? Optional.of(new MoveAttempt(
                        Long.parseUnsignedLong(matcher.group(1), 16), Long.parseUnsignedLong(matcher.group(2), 16)))
                : Optional.empty();
    }

    /** One line, which {@link #parse} reads. */
    String text() {
        return "destination %016x attempt %016x\n".formatted(destination, number);
    }
}
