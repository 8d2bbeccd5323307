package own;

import io.kvm4j.uapi.CapabilityProbe;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks a vhost device, where this machine has one, for its features, and any machine's kernel for its entropy. */
public final class Main {
    private static final Path VHOST = Path.of("/dev/vhost-net");
    private static final Path RANDOM = Path.of("/dev/urandom");
    private static final int O_RDWR = 2;
    private static final int O_RDONLY = 0;
    private static final MethodHandle OPEN = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("open"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));

    private Main() {}

    /** Prints the answers. */
    public static void main(String[] args) throws IOException {
        int entropy = new RandomIoctlsOverFd(open(RANDOM, O_RDONLY), CapabilityProbe.ASSUME_PRESENT).entropy();
        if (entropy <= 0) {
            throw new IOException(RANDOM + " has " + entropy + " bits of entropy");
        }
        System.out.println(RANDOM + ": " + entropy + " bits of entropy");
        if (Files.isWritable(VHOST)) {
            long features = new VhostIoctlsOverFd(open(VHOST, O_RDWR), CapabilityProbe.ASSUME_PRESENT).getFeatures();
            System.out.printf("%s: features %#x%n", VHOST, features);
        } else {
            System.out.println(VHOST + " can't be opened here");
        }
    }

    private static int open(Path path, int flags) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) OPEN.invokeExact(arena.allocateFrom(path.toString()), flags);
            if (fd < 0) {
                throw new IOException("cannot open " + path);
            }
            return fd;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
