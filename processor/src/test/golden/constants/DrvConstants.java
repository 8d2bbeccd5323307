// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.BoundHeaders;
import io.kvm4j.uapi.ExcusedIoctls;
import javax.annotation.processing.Generated;

/**
 * The macros and enumerators of {@code linux/drv.h} that have an integer value.
 */
@BoundHeaders(
        set = "test-driver",
        architectures = {"x86_64"},
        headers = {"linux/drv.h"},
        neutral = true
)
@ExcusedIoctls(
        value = {
                        "DRV_GET_PLAIN",
                        "DRV_OLD_REGION"},
        reason = "test",
        architectures = {"x86_64"}
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvConstants {
    /**
     * {@code DRV_BIT_FIRST}, int in C.
     */
    public static final int DRV_BIT_FIRST = 0;

    /**
     * {@code DRV_BIT_LAST}, int in C.
     */
    public static final int DRV_BIT_LAST = 63;

    /**
     * {@code DRV_CAP_LIST}, int in C.
     */
    public static final int DRV_CAP_LIST = 1;

    /**
     * {@code DRV_CAP_REGION2}, int in C.
     */
    public static final int DRV_CAP_REGION2 = 7;

    /**
     * {@code DRV_EXIT_ARM_FAULT}, int in C.
     */
    public static final int DRV_EXIT_ARM_FAULT = 6;

    /**
     * {@code DRV_EXIT_ARM_TRAP}, int in C.
     */
    public static final int DRV_EXIT_ARM_TRAP = 5;

    /**
     * {@code DRV_EXIT_DEBUG}, int in C.
     */
    public static final int DRV_EXIT_DEBUG = 4;

    /**
     * {@code DRV_EXIT_IO}, int in C.
     */
    public static final int DRV_EXIT_IO = 2;

    /**
     * {@code DRV_EXIT_IO_OUT}, int in C.
     */
    public static final int DRV_EXIT_IO_OUT = 1;

    /**
     * {@code DRV_EXIT_RESET}, int in C.
     */
    public static final int DRV_EXIT_RESET = 3;

    /**
     * {@code DRV_EXIT_UNKNOWN}, int in C.
     */
    public static final int DRV_EXIT_UNKNOWN = 0;

    /**
     * {@code DRV_GET_LIST}, unsigned long in C.
     */
    public static final long DRV_GET_LIST = 0xc008d002L;

    /**
     * {@code DRV_GET_PLAIN}, unsigned long in C.
     */
    public static final long DRV_GET_PLAIN = 0xc004d008L;

    /**
     * {@code DRV_IRQ_TYPE_CPU}, int in C.
     */
    public static final int DRV_IRQ_TYPE_CPU = 1;

    /**
     * {@code DRV_IRQ_TYPE_MASK}, int in C.
     */
    public static final int DRV_IRQ_TYPE_MASK = 15;

    /**
     * {@code DRV_IRQ_TYPE_SHARED}, int in C.
     */
    public static final int DRV_IRQ_TYPE_SHARED = 2;

    /**
     * {@code DRV_IRQ_TYPE_SHIFT}, int in C.
     */
    public static final int DRV_IRQ_TYPE_SHIFT = 24;

    /**
     * {@code DRV_KIND_DISK}, int in C.
     */
    public static final int DRV_KIND_DISK = 16;

    /**
     * {@code DRV_KIND_MASK}, int in C.
     */
    public static final int DRV_KIND_MASK = 240;

    /**
     * {@code DRV_KIND_NET}, int in C.
     */
    public static final int DRV_KIND_NET = 32;

    /**
     * {@code DRV_MAX}, unsigned long in C.
     */
    public static final long DRV_MAX = 0xffffffffffffffffL;

    /**
     * {@code DRV_MIX_HIGH}, int in C.
     */
    public static final int DRV_MIX_HIGH = 6;

    /**
     * {@code DRV_MIX_LOW}, int in C.
     */
    public static final int DRV_MIX_LOW = 3;

    /**
     * {@code DRV_MODE_DEFAULT}, int in C.
     */
    public static final int DRV_MODE_DEFAULT = 1;

    /**
     * {@code DRV_MODE_OFF}, int in C.
     */
    public static final int DRV_MODE_OFF = 0;

    /**
     * {@code DRV_MODE_ON}, int in C.
     */
    public static final int DRV_MODE_ON = 1;

    /**
     * {@code DRV_NEGATIVE}, int in C.
     */
    public static final int DRV_NEGATIVE = -1;

    /**
     * {@code DRV_OLD_REGION}, unsigned long in C.
     */
    public static final long DRV_OLD_REGION = 0x400cd00aL;

    /**
     * {@code DRV_REGION_DIRTY}, unsigned long in C.
     */
    public static final long DRV_REGION_DIRTY = 1L;

    /**
     * {@code DRV_REGION_READONLY}, unsigned long in C.
     */
    public static final long DRV_REGION_READONLY = 2L;

    /**
     * {@code DRV_ROLE_GUEST}, int in C.
     */
    public static final int DRV_ROLE_GUEST = -2;

    /**
     * {@code DRV_ROLE_HOST}, int in C.
     */
    public static final int DRV_ROLE_HOST = 300;

    /**
     * {@code DRV_RUN}, int in C.
     */
    public static final int DRV_RUN = 0xd005;

    /**
     * {@code DRV_SET_ADDR}, unsigned long in C.
     */
    public static final long DRV_SET_ADDR = 0x4008d004L;

    /**
     * {@code DRV_SET_MASK}, unsigned long in C.
     */
    public static final long DRV_SET_MASK = 0x4004d009L;

    /**
     * {@code DRV_SET_REGION}, unsigned long in C.
     */
    public static final long DRV_SET_REGION = 0x4010d001L;

    /**
     * {@code DRV_SPARE}, int in C.
     */
    public static final int DRV_SPARE = 0xd007;

    /**
     * {@code DRV_TAG_LARGE}, unsigned long in C.
     */
    public static final long DRV_TAG_LARGE = 0x10000000000L;

    /**
     * {@code DRV_TAG_SMALL}, unsigned long in C.
     */
    public static final long DRV_TAG_SMALL = 1L;

    /**
     * {@code DRV_VERSION}, int in C.
     */
    public static final int DRV_VERSION = 0xd000;

    /**
     * {@code DRV_WAKE}, unsigned long in C.
     */
    public static final long DRV_WAKE = 0x8010d006L;

    private DrvConstants() {
    }
}
