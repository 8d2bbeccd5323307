package io.kvm4j.fault;

import io.kvm4j.posix.SystemCalls;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.userfaultfd.Userfaultfd;
import java.io.File;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process with a userfaultfd over memory of its own: tells their numbers, and waits to be killed. */
final class OtherProcess {
    static final long SYS_PIDFD_OPEN = 434;
    static final long SYS_PIDFD_GETFD = 438;

    private OtherProcess() {}

    /** Where its classes are, and those that it uses. */
    static String classPath() {
        return Stream.of(OtherProcess.class, SystemCalls.class, IoctlCall.class)
                .map(OtherProcess::location)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The folder or archive of a class, from what its own file is called. */
    private static String location(Class<?> type) {
        String file = type.getName().replace('.', '/') + ".class";
        String url = String.valueOf(type.getResource(type.getSimpleName() + ".class"));
        String root = url.substring(0, url.length() - file.length());
        return Path.of(URI.create(root.replaceFirst("^jar:", "").replaceFirst("!/$", "")))
                .toString();
    }

    public static void main(String[] args) throws InterruptedException {
        MemorySegment memory = HostMemory.anonymous(4);
        Userfaultfd uffd = UserfaultfdAccess.open(0);
        uffd.register(memory.address(), memory.byteSize(), 1);
        System.out.println(uffd.fd() + " " + memory.address());
        Thread.sleep(60_000);
    }
}
