package io.kvm4j.userfaultfd;

import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_CONTINUE;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_COPY;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_MOVE;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_POISON;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_UNREGISTER;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_WAKE;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_WRITEPROTECT;
import static io.kvm4j.uapi.userfaultfd.UserfaultfdConstants.UFFDIO_ZEROPAGE;

import io.kvm4j.uapi.CallState;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.Struct;
import io.kvm4j.uapi.userfaultfd.UffdioContinue;
import io.kvm4j.uapi.userfaultfd.UffdioCopy;
import io.kvm4j.uapi.userfaultfd.UffdioMove;
import io.kvm4j.uapi.userfaultfd.UffdioPoison;
import io.kvm4j.uapi.userfaultfd.UffdioRange;
import io.kvm4j.uapi.userfaultfd.UffdioWriteprotect;
import io.kvm4j.uapi.userfaultfd.UffdioZeropage;
import java.lang.foreign.Arena;
import java.lang.ref.Reference;

/**
 * The ioctls that resolve faults, with arguments that are there already and failures as numbers: EEXIST and EAGAIN are
 * everyday here. For one thread at a time; allocates nothing.
 *
 * <p>Each method returns 0 or an errno, and {@link #done} says how many bytes the last one did. The field where the kernel
 * says so is cleared before, and holds {@code -errno} where nothing was done: what is called at each fault asks for errno
 * itself only if that field is untouched, by calling again.
 */
public final class UffdCalls {
    private final int fd;
    private final Arena arena = Arena.ofAuto();
    private final UffdioCopy copy = UffdioCopy.allocate(arena);
    private final UffdioZeropage zeropage = UffdioZeropage.allocate(arena);
    private final UffdioContinue continue_ = UffdioContinue.allocate(arena);
    private final UffdioMove move = UffdioMove.allocate(arena);
    private final UffdioPoison poison = UffdioPoison.allocate(arena);
    private final UffdioWriteprotect writeprotect = UffdioWriteprotect.allocate(arena);
    private final UffdioRange range = UffdioRange.allocate(arena);
    private final CallState state = CallState.allocate(arena);
    private long done;

    public UffdCalls(int fd) {
        this.fd = fd;
    }

    public long done() {
        return done;
    }

    public int copy(long to, long from, long length, long mode) {
        copy.dst(to).src(from).len(length).mode(mode).copy(0);
        if (attempt(UFFDIO_COPY, copy)) {
            return finish(length);
        }
        int result = copy.copy() == 0 ? call(UFFDIO_COPY, copy) : IoctlCall.FAILED;
        return finish(result, copy.copy());
    }

    public int zeropage(long to, long length, long mode) {
        zeropage.range().start(to).len(length);
        zeropage.mode(mode).zeropage(0);
        int result = call(UFFDIO_ZEROPAGE, zeropage);
        return finish(result, zeropage.zeropage());
    }

    public int continue_(long to, long length, long mode) {
        continue_.range().start(to).len(length);
        continue_.mode(mode).mapped(0);
        if (attempt(UFFDIO_CONTINUE, continue_)) {
            return finish(length);
        }
        int result = continue_.mapped() == 0 ? call(UFFDIO_CONTINUE, continue_) : IoctlCall.FAILED;
        return finish(result, continue_.mapped());
    }

    public int move(long to, long from, long length, long mode) {
        move.dst(to).src(from).len(length).mode(mode).move(0);
        int result = call(UFFDIO_MOVE, move);
        return finish(result, move.move());
    }

    public int poison(long to, long length, long mode) {
        poison.range().start(to).len(length);
        poison.mode(mode).updated(0);
        int result = call(UFFDIO_POISON, poison);
        return finish(result, poison.updated());
    }

    public int writeprotect(long to, long length, long mode) {
        writeprotect.range().start(to).len(length);
        writeprotect.mode(mode);
        return -call(UFFDIO_WRITEPROTECT, writeprotect);
    }

    public int wake(long start, long length) {
        range.start(start).len(length);
        return -call(UFFDIO_WAKE, range);
    }

    public int unregister(long start, long length) {
        range.start(start).len(length);
        return -call(UFFDIO_UNREGISTER, range);
    }

    private boolean attempt(long request, Struct argument) {
        try {
            return IoctlCall.attempt(fd, request, argument.segment().address()) == 0;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private int call(long request, Struct argument) {
        try {
            return IoctlCall.call(state, fd, request, argument.segment().address());
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private int finish(long length) {
        done = length;
        return 0;
    }

    private int finish(int result, long reported) {
        done = Math.max(0, reported);
        if (result == 0 || reported == 0) {
            return -result;
        }
        return reported < 0 ? (int) -reported : Errno.EAGAIN;
    }
}
