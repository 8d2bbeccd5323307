package io.kvm4j.migration;

import io.kvm4j.PrintableText;
import io.kvm4j.channel.Connection;
import io.kvm4j.channel.PeerRefusedException;
import io.kvm4j.channel.Transport;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Mapping;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What destination and source say to each other, big-endian, each conversation on a connection of its own that the
 * destination opens. No number from the other end is trusted, and none decides how much memory is taken.
 *
 * <pre>
 * greeting  magic (8)  version (4)  kind (4)  destination (8)  attempt (8)
 * answer    magic (8)  version (4)  verdict (4)  attempt (8)
 *
 * kind      verdicts, and what follows
 * MOVE      STOPPED: page size (4)  ranges (4)  each: gpa (8) size (8)  length of the state (4)  state
 *             destination, when it could run the guest: READY (4)
 *             source, when the guest is the destination's: YOURS (4)
 * QUERY     YOURS or KEPT
 * PAGES     SERVING, then requests for pages
 * DONE      NOTED: the destination needs nothing any more
 *
 * any       REFUSED, BUSY: length (4)  reason, UTF-8
 * </pre>
 *
 * <p>The source decides, once, between READY and YOURS, by writing its {@link HandOverRecord}. Before, a failure leaves the
 * guest with it. After, only that destination may run the guest. The destination never runs it before it has read YOURS;
 * if that was lost, it asks by QUERY until it has an answer.
 */
final class MigrationWire {
    /** "kvm4jmig". */
    static final long MAGIC = 0x6b766d346a6d6967L;

    static final int VERSION = 1;

    static final int MOVE = 1;
    static final int QUERY = 2;
    static final int PAGES = 3;
    static final int DONE = 4;

    static final int STOPPED = 1;
    static final int YOURS = 2;
    static final int KEPT = 3;
    static final int SERVING = 4;
    static final int BUSY = 5;
    static final int REFUSED = 6;
    static final int NOTED = 7;

    static final int READY = 8;

    private static final byte TLS_ALERT = 21;
    private static final byte TLS_MAJOR_VERSION = 3;

    private static final int MOST_RANGES = 1024;
    private static final int LONGEST_STATE = 1 << 24;
    private static final int LONGEST_REASON = 512;

    private MigrationWire() {}

    /** Who the other end says it is, and what it wants. */
    record Greeting(int kind, MoveAttempt attempt) {}

    /** One conversation. It owns the connection, until {@link #connection} is given away. */
    static final class Conversation implements AutoCloseable {
        private final Connection connection;
        private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
        private final DataOutputStream out = new DataOutputStream(unsent);
        private long attempt;

        Conversation(Connection connection) {
            this.connection = connection;
        }

        /** @param patience how long the other end may be silent, or leave what it is sent unread */
        static Conversation connect(Transport transport, Duration patience) throws IOException {
            Connection connection = transport.connect(patience);
            try {
                connection.limitReads(patience);
                connection.limitWrites(patience);
                return new Conversation(connection);
            } catch (Throwable e) {
                throw Cleanup.after(e).run(connection::close).rethrow();
            }
        }

        Connection connection() {
            return connection;
        }

        void greet(int kind, MoveAttempt attempt) throws IOException {
            out.writeLong(MAGIC);
            out.writeInt(VERSION);
            out.writeInt(kind);
            out.writeLong(attempt.destination());
            out.writeLong(attempt.number());
            flush();
        }

        Greeting readGreeting() throws IOException {
            readStart("destination");
            int kind = readInt();
            if (kind < MOVE || kind > DONE) {
                throw new IOException("a greeting of kind " + kind);
            }
            return new Greeting(kind, new MoveAttempt(readLong(), readLong()));
        }

        private void flush() throws IOException {
            byte[] message = unsent.toByteArray();
            unsent.reset();
            connection.write(ByteBuffer.wrap(message));
        }

        private int readInt() throws IOException {
            byte[] bytes = new byte[Integer.BYTES];
            readFully(bytes);
            return ByteBuffer.wrap(bytes).getInt();
        }

        private long readLong() throws IOException {
            byte[] bytes = new byte[Long.BYTES];
            readFully(bytes);
            return ByteBuffer.wrap(bytes).getLong();
        }

        private void readFully(byte[] bytes) throws IOException {
            if (!connection.readFully(ByteBuffer.wrap(bytes))) {
                throw new EOFException("the connection was closed");
            }
        }

        /** An end that speaks TLS answers clear text by an alert, which is shorter than any message here. */
        private void readMagic(String who) throws IOException {
            ByteBuffer magic = ByteBuffer.allocate(Long.BYTES);
            boolean whole;
            try {
                whole = connection.readFully(magic);
            } catch (EOFException e) {
                whole = false;
            }
            if (magic.position() >= 2 && magic.get(0) == TLS_ALERT && magic.get(1) == TLS_MAJOR_VERSION) {
                throw new PeerRefusedException("the other end speaks TLS, and this end does not");
            }
            if (!whole) {
                throw new EOFException("the connection was closed");
            }
            if (magic.getLong(0) != MAGIC) {
                throw new IOException(
                        "the other end is no %s of a migration: it says 0x%016x".formatted(who, magic.getLong(0)));
            }
        }

        private void readStart(String who) throws IOException {
            readMagic(who);
            int version = readInt();
            if (version != VERSION) {
                throw new IOException(
                        "the %s speaks version %d of the protocol, this end %d".formatted(who, version, VERSION));
            }
        }

        void answer(int verdict, long attempt) throws IOException {
            out.writeLong(MAGIC);
            out.writeInt(VERSION);
            out.writeInt(verdict);
            out.writeLong(attempt);
            flush();
        }

        /** Answers {@link #REFUSED} or {@link #BUSY}. */
        void decline(int verdict, String reason) throws IOException {
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            int length = Math.min(text.length, LONGEST_REASON);
            answer(verdict, 0);
            out.writeInt(length);
            out.write(text, 0, length);
            flush();
        }

        /**
         * Reads an answer.
         *
         * @param expected the verdicts that are possible
         * @return the verdict
         * @throws MigrationRefusedException if it is {@link #REFUSED}
         * @throws IOException if it is {@link #BUSY}, or none of those expected
         */
        int readVerdict(List<Integer> expected) throws IOException {
            readStart("source");
            int verdict = readInt();
            attempt = readLong();
            if (verdict == REFUSED) {
                throw new MigrationRefusedException(readReason());
            }
            if (verdict == BUSY) {
                throw new IOException(readReason());
            }
            if (!expected.contains(verdict)) {
                throw new IOException("verdict %d, where %s is possible".formatted(verdict, expected));
            }
            return verdict;
        }

        /** The number of the attempt in the last answer. */
        long attempt() {
            return attempt;
        }

        /** A reason comes from outside: what a terminal would obey is replaced. */
        private String readReason() throws IOException {
            int length = readInt();
            if (length < 0 || length > LONGEST_REASON) {
                throw new IOException("a reason of %d bytes".formatted(length));
            }
            byte[] text = new byte[length];
            readFully(text);
            return PrintableText.of(new String(text, StandardCharsets.UTF_8));
        }

        void sendGuest(StoppedGuest guest) throws IOException {
            byte[] state = new byte[guest.state().remaining()];
            guest.state().get(state);
            if (guest.memory().size() > MOST_RANGES || state.length > LONGEST_STATE) {
                throw new IOException(
                        "a guest of %d ranges of memory and %d bytes of state, where %d and %d are possible"
                                .formatted(guest.memory().size(), state.length, MOST_RANGES, LONGEST_STATE));
            }
            out.writeInt(Mapping.PAGE_SIZE);
            out.writeInt(guest.memory().size());
            for (MemoryRange range : guest.memory()) {
                out.writeLong(range.gpa());
                out.writeLong(range.size());
            }
            out.writeInt(state.length);
            out.write(state);
            flush();
        }

        /** @param mostMemory the bytes of memory that the guest may have */
        StoppedGuest readGuest(long mostMemory) throws IOException {
            int pageSize = readInt();
            if (pageSize != Mapping.PAGE_SIZE) {
                throw new IOException(
                        "the source has pages of %d bytes, this host of %d".formatted(pageSize, Mapping.PAGE_SIZE));
            }
            int ranges = readInt();
            if (ranges < 0 || ranges > MOST_RANGES) {
                throw new IOException("%d ranges of memory".formatted(ranges));
            }
            List<MemoryRange> memory = new ArrayList<>();
            long left = mostMemory;
            for (int i = 0; i < ranges; i++) {
                MemoryRange range = readRange();
                if (range.size() > left) {
                    throw new IOException(
                            "the guest has more memory than the %d bytes that it may have".formatted(mostMemory));
                }
                left -= range.size();
                memory.add(range);
            }
            int length = readInt();
            if (length < 0 || length > LONGEST_STATE) {
                throw new IOException("a state of %d bytes".formatted(length));
            }
            byte[] state = new byte[length];
            readFully(state);
            return new StoppedGuest(memory, ByteBuffer.wrap(state));
        }

        private MemoryRange readRange() throws IOException {
            long gpa = readLong();
            long size = readLong();
            if ((gpa | size) % Mapping.PAGE_SIZE != 0) {
                throw new IOException(
                        "a range of memory that is not made of pages: 0x%x bytes at 0x%x".formatted(size, gpa));
            }
            try {
                return new MemoryRange(gpa, size);
            } catch (IllegalArgumentException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        void send(int word) throws IOException {
            out.writeInt(word);
            flush();
        }

        void expect(int word) throws IOException {
            int read = readInt();
            if (read != word) {
                throw new IOException("the other end says %d, where only %d is possible".formatted(read, word));
            }
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
