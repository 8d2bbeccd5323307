package io.kvm4j.snapshot;

/**
 * What a snapshot may hold at most. The kernel's own stay far below; what goes beyond is broken or hostile, and would
 * not fit into Java classes, whose methods take 64 KiB and whose constant pools 65,535 entries.
 */
final class Limits {
    /** The bytes of a snapshot's text: a hundred times those of the largest one of KVM. */
    static final int TEXT_BYTES = 16 << 20;

    /** How deep JSON may nest: a member of an inline record lies two levels below that. */
    static final int JSON_DEPTH = 64;

    /** The JSON values of a snapshot. */
    static final int JSON_VALUES = 1_000_000;

    /** The characters of a key or a string. */
    static final int TEXT_LENGTH = 4096;

    /** The digits of a number. */
    static final int DIGITS = 100;

    static final int RECORDS = 4096;

    /** All constants together, which one Java class holds. */
    static final int CONSTANTS = 16_384;

    static final int HEADERS = 1024;

    /** The members of a record, those of its inline records included. */
    static final int MEMBERS = 800;

    /** The members of all records together. */
    static final int ALL_MEMBERS = 16_384;

    /** How deep records may lie in each other, inline or by name. */
    static final int RECORD_DEPTH = 16;

    /** The records that one record holds, and those that these hold, counted each time. */
    static final int HELD_RECORDS = 10_000;

    /** The bytes of a record, and the elements of an array. */
    static final long BYTES = 1 << 30;

    static final long ALIGNMENT = 1 << 16;

    static final int DIMENSIONS = 4;

    /** The characters of the names that lead to an inline record: those become the name of a class file. */
    static final int NAME_PATH = 160;

    private Limits() {}
}
