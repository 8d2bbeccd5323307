package io.kvm4j.processor.spec;

/** Which way an ioctl's argument flows. */
public enum Flow {
    NONE("does not touch"),
    IN("reads"),
    OUT("writes"),
    IN_OUT("reads and writes");

    private final String kernelDoes;

    Flow(String kernelDoes) {
        this.kernelDoes = kernelDoes;
    }

    /** What the kernel does with the argument, for messages. */
    public String kernelDoes() {
        return kernelDoes;
    }
}
