package io.kvm4j.processor.write;

import com.palantir.javapoet.ClassName;
import java.lang.foreign.ValueLayout;

/** The hand-written classes that generated code rests on. */
final class Support {
    static final String PACKAGE = "io.kvm4j.uapi";
    static final ClassName STRUCT = ClassName.get(PACKAGE, "Struct");
    static final ClassName C_TYPE = ClassName.get(PACKAGE, "CType");
    static final ClassName IOCTL_CALL = ClassName.get(PACKAGE, "IoctlCall");
    static final ClassName ERRNO = ClassName.get(PACKAGE, "Errno");
    static final ClassName ERRNO_EXCEPTION = ClassName.get(PACKAGE, "ErrnoException");
    static final ClassName CAPABILITY_PROBE = ClassName.get(PACKAGE, "CapabilityProbe");
    static final ClassName UAPI_VALUE = ClassName.get(PACKAGE, "UapiValue");
    static final ClassName FLAG_BIT = ClassName.get(PACKAGE, "FlagBit");
    static final ClassName FLAG_SET = ClassName.get(PACKAGE, "FlagSet");
    static final ClassName HELD_BY = ClassName.get(PACKAGE, "HeldBy");
    static final ClassName PLAIN_CONSTANTS = ClassName.get(PACKAGE, "PlainConstants");
    static final ClassName FLAG_TEXT = ClassName.get(PACKAGE, "FlagText");
    static final ClassName IOCTL_REQUEST = ClassName.get(PACKAGE, "IoctlRequest");
    static final ClassName BOUND_HEADERS = ClassName.get(PACKAGE, "BoundHeaders");
    static final ClassName EXCUSED_IOCTLS = ClassName.get(PACKAGE, "ExcusedIoctls");
    static final ClassName EXIT_UNION = ClassName.get(PACKAGE, "ExitUnion");
    static final ClassName EXIT_ARMS = ClassName.get(PACKAGE, "ExitArms");
    static final ClassName VALUE_LAYOUT = ClassName.get(ValueLayout.class);

    private Support() {}
}
