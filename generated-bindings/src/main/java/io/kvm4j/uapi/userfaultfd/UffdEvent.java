package io.kvm4j.uapi.userfaultfd;

/**
 * What a userfaultfd reports: a view of the arm of {@code struct uffd_msg} that belongs to the event. It may be read until
 * {@link UffdReader#read} is called again.
 */
public sealed interface UffdEvent {
    /** A thread waits for a page: {@code UFFD_EVENT_PAGEFAULT}. */
    final class Pagefault implements UffdEvent {
        private final UffdMsg.Arg.Pagefault arm;

        Pagefault(UffdMsg message) {
            arm = message.arg().pagefault();
        }

        /** Where it faulted: the page's start, or the very byte with {@code UFFD_FEATURE_EXACT_ADDRESS}. */
        public long address() {
            return arm.address();
        }

        /** {@code UFFD_PAGEFAULT_FLAG_*}. */
        public long flags() {
            return arm.flags();
        }

        /** Whether it was a write. */
        public boolean isWrite() {
            return (arm.flags() & UserfaultfdConstants.UFFD_PAGEFAULT_FLAG_WRITE) != 0;
        }

        /** Whether the page is there, but write-protected. */
        public boolean isWriteProtected() {
            return (arm.flags() & UserfaultfdConstants.UFFD_PAGEFAULT_FLAG_WP) != 0;
        }

        /** Whether the page cache has the page, which is only not mapped: a minor fault. */
        public boolean isMinor() {
            return (arm.flags() & UserfaultfdConstants.UFFD_PAGEFAULT_FLAG_MINOR) != 0;
        }

        /** The thread that waits, with {@code UFFD_FEATURE_THREAD_ID}; otherwise 0. */
        public int threadId() {
            return arm.feat().ptid();
        }

        @Override
        public String toString() {
            return "Pagefault " + arm;
        }
    }

    /** The process forked: {@code UFFD_EVENT_FORK}. */
    final class Fork implements UffdEvent {
        private final UffdMsg.Arg.Fork arm;

        Fork(UffdMsg message) {
            arm = message.arg().fork();
        }

        /** The userfaultfd of the child, a new descriptor that the reader owns. */
        public int fd() {
            return arm.ufd();
        }

        @Override
        public String toString() {
            return "Fork " + arm;
        }
    }

    /** Memory moved by {@code mremap(2)}: {@code UFFD_EVENT_REMAP}. */
    final class Remap implements UffdEvent {
        private final UffdMsg.Arg.Remap arm;

        Remap(UffdMsg message) {
            arm = message.arg().remap();
        }

        /** Where the memory was. */
        public long from() {
            return arm.from();
        }

        /** Where it is. */
        public long to() {
            return arm.to();
        }

        /** The old length, in bytes. */
        public long length() {
            return arm.len();
        }

        @Override
        public String toString() {
            return "Remap " + arm;
        }
    }

    /** Pages were given up by {@code madvise(2)}, the memory is still there: {@code UFFD_EVENT_REMOVE}. */
    final class Remove implements UffdEvent {
        private final UffdMsg.Arg.Remove arm;

        Remove(UffdMsg message) {
            arm = message.arg().remove();
        }

        /** The first byte. */
        public long start() {
            return arm.start();
        }

        /** The byte after the last. */
        public long end() {
            return arm.end();
        }

        @Override
        public String toString() {
            return "Remove " + arm;
        }
    }

    /** Memory was unmapped: {@code UFFD_EVENT_UNMAP}. */
    final class Unmap implements UffdEvent {
        private final UffdMsg.Arg.Remove arm;

        Unmap(UffdMsg message) {
            arm = message.arg().remove();
        }

        /** The first byte. */
        public long start() {
            return arm.start();
        }

        /** The byte after the last. */
        public long end() {
            return arm.end();
        }

        @Override
        public String toString() {
            return "Unmap " + arm;
        }
    }

    /** An event that these bindings do not know. */
    final class Unrecognized implements UffdEvent {
        private final UffdMsg message;

        Unrecognized(UffdMsg message) {
            this.message = message;
        }

        /** Its number and, untyped, its arguments. */
        public UffdMsg message() {
            return message;
        }

        @Override
        public String toString() {
            return "Unrecognized " + message;
        }
    }
}
