package io.kvm4j.fault;

import io.kvm4j.Vm;

/** The guest of a VM, by its vCPU threads. */
record VmGuest(Vm vm) implements Guest {
    @Override
    public void pause() {
        vm.askVcpusToPause();
    }

    @Override
    public void awaitPause() throws InterruptedException {
        vm.awaitVcpusPaused();
    }

    @Override
    public void resume() {
        vm.resumeVcpus();
    }

    @Override
    public void stop() {
        vm.stopVcpus();
    }

    @Override
    public boolean isStopping() {
        return vm.areVcpusStopping();
    }
}
