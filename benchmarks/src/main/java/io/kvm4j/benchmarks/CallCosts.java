package io.kvm4j.benchmarks;

import io.kvm4j.Kvm;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmExitDecoder;
import io.kvm4j.uapi.KvmRun;
import io.kvm4j.uapi.x86_64.KvmRegs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What single calls cost: an ioctl, telling one exit from the others, a field. Beside each is the same by hand.
 *
 * <p>Usage: {@code CallCosts}; writes a report to standard output.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--sun-misc-unsafe-memory-access=allow")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CallCosts {
    private static final int CALLS_IN_C = 1000;
    private static final long EXIT_REASON = 8;
    private static final long PORT = 34;

    private final Arena arena = Arena.ofConfined();
    private final KvmRun run = KvmRun.allocate(arena);
    private final KvmExitDecoder exits = new KvmExitDecoder(run.segment());
    private final MemorySegment runMemory = run.segment();
    private final KvmRegs regs = KvmRegs.allocate(arena);
    private final MemorySegment regsMemory = regs.segment();
    private final Kvm kvm = Kvm.open();
    private final CBaseline c = new CBaseline();

    /** Made by JMH. */
    public CallCosts() {}

    /** Runs all of them. */
    public static void main(String[] arguments) throws RunnerException, IOException {
        System.out.printf("""
                # What single calls cost

                Nanoseconds of a call, with JMH's error (99.9%%), measured on %s.

                | call | ns |
                |---|---|
                """, Surroundings.describe());
        OptionsBuilder options = new OptionsBuilder();
        options.include(CallCosts.class.getSimpleName()).verbosity(VerboseMode.SILENT);
        for (RunResult result : new Runner(options.build()).run()) {
            Result<?> primary = result.getPrimaryResult();
            System.out.printf(
                    Locale.ROOT,
                    "| `%s` | %.2f +- %.2f |%n",
                    primary.getLabel(),
                    primary.getScore(),
                    primary.getScoreError());
        }
    }

    /** An exit by a port to look at. */
    @Setup
    public void writeExit() {
        run.exitReason(KvmConstants.KVM_EXIT_IO);
        run.io().port(0x3f8);
        regs.rip(0x1000);
    }

    /** Closes KVM. */
    @TearDown
    public void close() {
        kvm.close();
        arena.close();
    }

    /** An ioctl of the bindings. */
    @Benchmark
    public int ioctl() {
        return kvm.ioctls().checkExtension(Capability.KVM_CAP_USER_MEMORY.number());
    }

    /** The same ioctl in C. */
    @Benchmark
    @OperationsPerInvocation(CALLS_IN_C)
    public long ioctlInC() {
        return c.checkExtensionLoop(kvm, Capability.KVM_CAP_USER_MEMORY.number(), CALLS_IN_C);
    }

    /** Tells an exit from all others by its type. */
    @Benchmark
    public int exit() {
        return switch (exits.decode(run.exitReason())) {
            case KvmExit.Mmio mmio -> mmio.len();
            case KvmExit.Io io -> io.port();
            case KvmExit other -> other.reason().number();
        };
    }

    /** Tells it by its number, and reads at an offset. */
    @Benchmark
    public int exitByHand() {
        return switch (runMemory.get(ValueLayout.JAVA_INT, EXIT_REASON)) {
            case KvmConstants.KVM_EXIT_MMIO -> runMemory.get(ValueLayout.JAVA_INT, 48);
            case KvmConstants.KVM_EXIT_IO -> Short.toUnsignedInt(runMemory.get(ValueLayout.JAVA_SHORT, PORT));
            default -> -1;
        };
    }

    /** Changes a field by its accessors. */
    @Benchmark
    public long field() {
        return regs.rax(regs.rip()).rax();
    }

    /** Changes it at its offset. */
    @Benchmark
    public long fieldByHand() {
        regsMemory.set(ValueLayout.JAVA_LONG, 0, regsMemory.get(ValueLayout.JAVA_LONG, 128));
        return regsMemory.get(ValueLayout.JAVA_LONG, 0);
    }
}
