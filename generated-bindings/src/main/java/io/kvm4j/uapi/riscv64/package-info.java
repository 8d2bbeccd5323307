/**
 * What of the KVM uapi belongs to 64-bit RISC-V: views of the structs of its {@code asm/kvm.h} and of those that embed
 * them, its constants and its ioctls.
 */
@NullMarked
@UapiPackage(headers = "asm/kvm.h", constants = "RiscvConstants", architecture = "riscv64")
package io.kvm4j.uapi.riscv64;

import io.kvm4j.processor.annotations.UapiPackage;
import org.jspecify.annotations.NullMarked;
