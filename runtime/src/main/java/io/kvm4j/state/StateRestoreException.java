package io.kvm4j.state;

import java.util.List;

/** This host cannot give a vCPU or VM what its state asks for. The vCPU or VM is not to be used. */
public final class StateRestoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StateRestoreException(String message) {
        super(message);
    }

    static StateRestoreException lacking(List<RefusedMsr> refused) {
        return new StateRestoreException("this host's KVM lacks what the guest had: " + refused);
    }
}
