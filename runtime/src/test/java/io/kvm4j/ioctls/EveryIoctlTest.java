package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.uapi.KvmDeviceIoctls;
import io.kvm4j.uapi.KvmSystemIoctls;
import io.kvm4j.uapi.KvmVcpuIoctls;
import io.kvm4j.uapi.KvmVmIoctls;
import io.kvm4j.uapi.userfaultfd.UserfaultfdDeviceIoctls;
import io.kvm4j.uapi.userfaultfd.UserfaultfdIoctls;
import io.kvm4j.uapi.x86_64.X86SystemIoctls;
import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every ioctl method has a test of its name, so that a new ioctl cannot be forgotten. */
class EveryIoctlTest {
    private static final Map<Class<?>, Class<?>> TESTS = Map.of(
            KvmSystemIoctls.class, KvmSystemIoctlsTest.class,
            KvmVmIoctls.class, KvmVmIoctlsTest.class,
            KvmVcpuIoctls.class, KvmVcpuIoctlsTest.class,
            KvmDeviceIoctls.class, KvmDeviceIoctlsTest.class,
            X86SystemIoctls.class, X86SystemIoctlsTest.class,
            X86VmIoctls.class, X86VmIoctlsTest.class,
            X86VcpuIoctls.class, X86VcpuIoctlsTest.class,
            UserfaultfdIoctls.class, UserfaultfdIoctlsTest.class,
            UserfaultfdDeviceIoctls.class, UserfaultfdDeviceIoctlsTest.class);

    @Test
    void everyIoctlHasATest() {
        Set<String> missing = new TreeSet<>();
        TESTS.forEach((ioctls, tests) -> {
            Set<String> tested = Arrays.stream(tests.getDeclaredMethods())
                    .filter(m -> m.isAnnotationPresent(Test.class))
                    .map(Method::getName)
                    .collect(Collectors.toSet());
            Arrays.stream(ioctls.getDeclaredMethods())
                    .filter(m -> Modifier.isAbstract(m.getModifiers()) && !tested.contains(m.getName()))
                    .forEach(m -> missing.add(ioctls.getSimpleName() + "." + m.getName()));
        });
        assertEquals(Set.of(), missing);
    }
}
