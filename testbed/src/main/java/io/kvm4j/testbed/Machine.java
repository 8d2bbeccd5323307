package io.kvm4j.testbed;

import java.util.List;

/**
 * A kind of machine as QEMU emulates it. All that depends on the architecture is here.
 *
 * @param debianName the architecture as Debian calls it
 * @param makeName the architecture as the kernel's makefiles call it
 * @param image what make builds for booting, relative to the build directory
 * @param qemu the program that emulates it
 * @param qemuPackage the package that holds that program
 * @param qemuMajor the first major version of QEMU that emulates it without fail
 * @param firmwarePackages the packages that hold what a QEMU of this machine loads at its start
 * @param arguments how to call it, besides what all machines have: CPUs, memory, kernel and channels
 * @param serial the device that the kernel writes its messages to
 * @param kernelParameters for the kernel, besides what all have
 * @param modules what to load of a kernel that doesn't have these built in
 * @param jvmOptions options that the JVM needs under this emulation
 */
public record Machine(
        String debianName,
        String makeName,
        String image,
        String qemu,
        String qemuPackage,
        int qemuMajor,
        List<String> firmwarePackages,
        List<String> arguments,
        String serial,
        List<String> kernelParameters,
        List<String> modules,
        List<String> jvmOptions) {
    public Machine {
        firmwarePackages = List.copyOf(firmwarePackages);
        arguments = List.copyOf(arguments);
        kernelParameters = List.copyOf(kernelParameters);
        modules = List.copyOf(modules);
        jvmOptions = List.copyOf(jvmOptions);
    }
}
