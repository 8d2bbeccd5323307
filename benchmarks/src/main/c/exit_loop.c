// The loops of ExitLoopComparison and CallCosts in C: what a VMM in C would do, and nothing else.
#include <errno.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

// Runs a vCPU until it has written to a port so many times. Returns the sum of what it wrote and where, or -errno.
long exit_loop(int vcpu, struct kvm_run *run, long exits) {
  long sum = 0;
  for (long i = 0; i < exits; i++) {
    if (ioctl(vcpu, KVM_RUN, 0) < 0) {
      return -errno;
    }
    switch (run->exit_reason) {
      case KVM_EXIT_IO:
        if (run->io.direction != KVM_EXIT_IO_OUT) {
          return -EINVAL;
        }
        sum += run->io.port + run->io.size + *((const unsigned char *)run + run->io.data_offset);
        break;
      default:
        return -EINVAL;
    }
  }
  return sum;
}

// Asks /dev/kvm for a capability so many times. Returns the sum of the answers, or -errno.
long check_extension_loop(int kvm, int capability, long calls) {
  long sum = 0;
  for (long i = 0; i < calls; i++) {
    int answer = ioctl(kvm, KVM_CHECK_EXTENSION, capability);
    if (answer < 0) {
      return -errno;
    }
    sum += answer;
  }
  return sum;
}
