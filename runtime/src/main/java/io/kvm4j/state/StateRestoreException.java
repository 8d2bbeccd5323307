package io.kvm4j.state;

/** This host cannot give a vCPU or VM what its state asks for. The vCPU or VM is not to be used. */
public final class StateRestoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StateRestoreException(String message) {
        super(message);
    }
}
