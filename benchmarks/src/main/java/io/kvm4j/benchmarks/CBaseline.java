package io.kvm4j.benchmarks;

import io.kvm4j.Kvm;
import io.kvm4j.Vcpu;
import io.kvm4j.examples.paging.Setup;
import io.kvm4j.examples.paging.TouchingGuest;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Objects;

/** The functions of {@code src/main/c}, by the library that the system property {@value #LIBRARY} names. */
final class CBaseline {
    private static final String LIBRARY = "kvm4j.benchmarks.library";

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private static final StructLayout SETUP = MemoryLayout.structLayout(
            INT.withName("protocol"),
            INT.withName("vcpus"),
            INT.withName("pages_each"),
            INT.withName("readers"),
            ValueLayout.ADDRESS.withName("code"),
            LONG.withName("code_size"),
            LONG.withName("key"));
    private static final StructLayout OUTCOME = MemoryLayout.structLayout(
            LONG.withName("nanos"),
            LONG.withName("installed"),
            LONG.withName("fault_exits"),
            LONG.withName("median_nanos"));

    private final MethodHandle exitLoop;
    private final MethodHandle checkExtensionLoop;
    private final MethodHandle demandPaging;

    /** How C learns of touches of absent pages: {@code enum protocol}. */
    enum Protocol {
        USERFAULTFD(0),
        FAILING_RUNS(1),
        NOWAIT_V2(2);

        private final int number;

        Protocol(int number) {
            this.number = number;
        }
    }

    /**
     * What an experiment in C measured.
     *
     * @param nanos from letting the vCPUs go to the last one's last page
     * @param installed pages put in place
     * @param faultExits runs that came back since a page was absent
     * @param medianNanos half of the touches took at most this, as the guest saw it
     */
    record Outcome(long nanos, long installed, long faultExits, long medianNanos) {}

    CBaseline() {
        String file = Objects.requireNonNull(System.getProperty(LIBRARY), "-D" + LIBRARY + " must name the library");
        SymbolLookup library = SymbolLookup.libraryLookup(Path.of(file), Arena.global());
        exitLoop = handle(library, "exit_loop", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));
        checkExtensionLoop = handle(library, "check_extension_loop", FunctionDescriptor.of(LONG, INT, INT, LONG));
        demandPaging = handle(
                library, "demand_paging", FunctionDescriptor.ofVoid(INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
    }

    /** Runs a vCPU until it has written to a port so many times. Returns the sum of what it wrote and where. */
    long exitLoop(Vcpu vcpu, long exits) {
        try {
            return require((long) exitLoop.invokeExact(vcpu.fd(), vcpu.kvmRun().segment(), exits));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Asks KVM for a capability so many times. Returns the sum of the answers. */
    long checkExtensionLoop(Kvm kvm, int capability, long calls) {
        try {
            return require((long) checkExtensionLoop.invokeExact(kvm.fd(), capability, calls));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Runs the experiment of {@link io.kvm4j.examples.paging} once, with content in memory. */
    Outcome demandPaging(Kvm kvm, Protocol protocol, Setup of) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] code = TouchingGuest.code();
            MemorySegment setup = arena.allocate(SETUP);
            setup.set(INT, offset(SETUP, "protocol"), protocol.number);
            setup.set(INT, offset(SETUP, "vcpus"), of.vcpus());
            setup.set(INT, offset(SETUP, "pages_each"), of.pagesEach());
            setup.set(INT, offset(SETUP, "readers"), of.readers());
            setup.set(ValueLayout.ADDRESS, offset(SETUP, "code"), arena.allocateFrom(ValueLayout.JAVA_BYTE, code));
            setup.set(LONG, offset(SETUP, "code_size"), code.length);
            setup.set(LONG, offset(SETUP, "key"), TouchingGuest.KEY);
            MemorySegment outcome = arena.allocate(OUTCOME);
            demandPaging.invokeExact(kvm.fd(), setup, outcome);
            return new Outcome(
                    outcome.get(LONG, offset(OUTCOME, "nanos")),
                    outcome.get(LONG, offset(OUTCOME, "installed")),
                    outcome.get(LONG, offset(OUTCOME, "fault_exits")),
                    outcome.get(LONG, offset(OUTCOME, "median_nanos")));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static long offset(StructLayout layout, String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }

    private static long require(long result) {
        if (result < 0) {
            throw new IllegalStateException("the loop in C failed with errno " + -result);
        }
        return result;
    }

    private static RuntimeException unexpected(Throwable t) {
        return switch (t) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(t);
        };
    }
}
