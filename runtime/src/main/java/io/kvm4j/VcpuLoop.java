package io.kvm4j;

/** What a vCPU's thread does with the exits of its guest, see {@link VcpuThread}. */
@FunctionalInterface
public interface VcpuLoop {
    /**
     * Runs the guest by {@link VcpuThread#run} and handles its exits, until that returns false or there is nothing left
     * to do.
     *
     * @param thread the thread that calls this
     * @throws Exception to stop the whole VM: {@link VcpuThread#join} and {@link VcpuThreads#join} tell it
     */
    void run(VcpuThread thread) throws Exception;
}
