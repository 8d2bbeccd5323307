package io.kvm4j.state;

/** What a state is the state of. */
enum StateKind {
    VCPU(1, "state of a vCPU"),
    VM(2, "state of a VM"),
    SNAPSHOT(3, "snapshot of a VM");

    private final int number;
    private final String description;

    StateKind(int number, String description) {
        this.number = number;
        this.description = description;
    }

    /** How the format writes it. */
    int number() {
        return number;
    }

    /** What it is, for people. */
    String description() {
        return description;
    }

    /** What a number stands for, for people. */
    static String describe(int number) {
        for (StateKind kind : values()) {
            if (kind.number == number) {
                return "the " + kind.description;
            }
        }
        return "of an unknown kind";
    }
}
