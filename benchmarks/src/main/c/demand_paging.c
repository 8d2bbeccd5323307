// The experiment of io.kvm4j.examples.paging in C: the same guest, the same kernel interfaces, as many threads.
// Pages are copied by the kernel straight from the memory that has their content.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, MESSAGES = 16, CPUIDS = 256, KICK = 40, KERNEL_SIGNALS = 8 };

// Where the guest has what; see TouchingGuest.
#define PAGE_MAP 0x1000UL
#define DIRECTORY_POINTERS 0x2000UL
#define CODE 0x3000UL
#define DIRECTORIES 0x4000UL
#define DOORBELL 0x30000000UL
#define TOUCHED 0x40000000UL

enum said { READY = 1, ALL_TOUCHED = 2, ALL_CHECKED = 3 };

// By what a touch of an absent page is learned of.
enum protocol { USERFAULTFD = 0, FAILING_RUNS = 1, NOWAIT_V2 = 2 };

// The proposal of KVM_CAP_MEMORY_FAULT_NOWAIT, second version: numbers that no header has.
#define CAP_X86_MEMORY_FAULT_EXIT 227
#define REASON_ABSENT_MAPPING (1UL << 1)
#define MEM_ABSENT_MAPPING_FAULT (1U << 2)
#define EXIT_MEMORY_FAULT 38
struct memory_fault {
  uint64_t flags, gpa, len;
};

// What to do. Filled by the caller, as the outcome is read by him.
struct setup {
  int32_t protocol, vcpus, pages_each, readers;
  const uint8_t *code;
  uint64_t code_size, key;
};

struct outcome {
  int64_t nanos, installed, fault_exits, median_nanos;
};

struct experiment {
  const struct setup *setup;
  struct outcome *outcome;
  int kvm, vm, uffd, stop;
  size_t touched_size, own_size;
  uint8_t *content, *touched, *own;
  pthread_barrier_t barrier;
};

struct vcpu {
  struct experiment *of;
  int id, fd;
  struct kvm_run *run;
  pthread_t thread;
  int64_t installed, faults, finished;
};

struct reader {
  struct experiment *of;
  pthread_t thread;
  int64_t installed;
};

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// Says what went wrong, and ends the process: threads may be anywhere.
static void fail(const char *what) {
  fprintf(stderr, "demand_paging: %s: %s\n", what, strerror(errno));
  _exit(1);
}

static int require(int result, const char *what) {
  if (result < 0) {
    fail(what);
  }
  return result;
}

static void *map(size_t size, int flags, int fd) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (memory == MAP_FAILED) {
    fail("mmap");
  }
  return memory;
}

static void install(struct experiment *e, uint64_t offset, uint64_t mode) {
  struct uffdio_copy copy = {
      .dst = (uintptr_t)e->touched + offset, .src = (uintptr_t)e->content + offset, .len = PAGE, .mode = mode};
  while (ioctl(e->uffd, UFFDIO_COPY, &copy) < 0) {
    if (errno != EAGAIN) {
      fail("UFFDIO_COPY");
    }
    copy.copy = 0;
  }
}

static void *read_faults(void *argument) {
  struct reader *reader = argument;
  struct experiment *e = reader->of;
  struct uffd_msg messages[MESSAGES];
  size_t at_once = e->setup->readers == 1 ? MESSAGES : 1;
  while (1) {
    struct pollfd ready[2] = {{.fd = e->uffd, .events = POLLIN}, {.fd = e->stop, .events = POLLIN}};
    require(poll(ready, 2, -1), "poll");
    if (ready[1].revents) {
      return NULL;
    }
    ssize_t bytes = read(e->uffd, messages, at_once * sizeof messages[0]);
    if (bytes < 0 && errno != EAGAIN) {
      fail("read");
    }
    for (ssize_t i = 0; i < bytes / (ssize_t)sizeof messages[0]; i++) {
      uint64_t address = messages[i].arg.pagefault.address & -(uint64_t)PAGE;
      install(e, address - (uintptr_t)e->touched, 0);
      reader->installed++;
    }
  }
}

static void resolve(struct vcpu *vcpu, uint64_t gpa) {
  vcpu->faults++;
  install(vcpu->of, (gpa & -(uint64_t)PAGE) - TOUCHED, UFFDIO_COPY_MODE_DONTWAKE);
  vcpu->installed++;
}

// Deals with a run that failed, which is how absent pages are reported.
static void resolve_failed_run(struct vcpu *vcpu) {
  struct experiment *e = vcpu->of;
  if (e->setup->protocol == FAILING_RUNS && errno == EFAULT) {
    struct kvm_regs regs;
    require(ioctl(vcpu->fd, KVM_GET_REGS, &regs), "KVM_GET_REGS");
    resolve(vcpu, regs.rdi);
  } else if (e->setup->protocol == NOWAIT_V2 && errno == EPERM && vcpu->run->exit_reason == EXIT_MEMORY_FAULT) {
    const struct memory_fault *fault = (const void *)&vcpu->run->hw;
    resolve(vcpu, fault->gpa);
  } else if (errno != EINTR && errno != EAGAIN) {
    fail("KVM_RUN");
  }
}

static void await_others(struct experiment *e) {
  pthread_barrier_wait(&e->barrier);
  pthread_barrier_wait(&e->barrier);
}

// Lets a signal that the thread blocks end its runs, as it takes to stop a vCPU from outside without a handler.
static void let_kicks_end_runs(struct vcpu *vcpu) {
  sigset_t kick, others;
  sigemptyset(&kick);
  sigaddset(&kick, KICK);
  pthread_sigmask(SIG_BLOCK, &kick, &others);
  char room[sizeof(struct kvm_signal_mask) + KERNEL_SIGNALS];
  struct kvm_signal_mask *mask = (void *)room;
  mask->len = KERNEL_SIGNALS;
  memcpy(mask->sigset, &others, KERNEL_SIGNALS);
  require(ioctl(vcpu->fd, KVM_SET_SIGNAL_MASK, mask), "KVM_SET_SIGNAL_MASK");
}

static void *run_vcpu(void *argument) {
  struct vcpu *vcpu = argument;
  struct experiment *e = vcpu->of;
  let_kicks_end_runs(vcpu);
  while (1) {
    if (ioctl(vcpu->fd, KVM_RUN, 0) < 0) {
      resolve_failed_run(vcpu);
      continue;
    }
    if (vcpu->run->exit_reason != KVM_EXIT_MMIO || vcpu->run->mmio.phys_addr != DOORBELL) {
      fail("an exit that is none of the guest's");
    }
    switch (vcpu->run->mmio.data[0]) {
      case READY:
        await_others(e);
        break;
      case ALL_TOUCHED:
        vcpu->finished = now();
        await_others(e);
        break;
      case ALL_CHECKED:
        return NULL;
      default:
        fail("the guest found something wrong in its memory");
    }
  }
}

static uint64_t times_of(const struct experiment *e, int vcpu) {
  uint64_t gigabytes = (TOUCHED + e->touched_size + (1UL << 30) - 1) >> 30;
  return DIRECTORIES + gigabytes * PAGE + (uint64_t)vcpu * e->setup->pages_each * 8;
}

static void write_guest(struct experiment *e) {
  uint64_t *map = (void *)(e->own + PAGE_MAP);
  uint64_t *pointers = (void *)(e->own + DIRECTORY_POINTERS);
  uint64_t *directories = (void *)(e->own + DIRECTORIES);
  uint64_t gigabytes = (TOUCHED + e->touched_size + (1UL << 30) - 1) >> 30;
  map[0] = DIRECTORY_POINTERS | 7;
  for (uint64_t i = 0; i < gigabytes; i++) {
    pointers[i] = (DIRECTORIES + i * PAGE) | 7;
  }
  for (uint64_t i = 0; i < gigabytes * 512; i++) {
    directories[i] = i << 21 | 0x87;
  }
  memcpy(e->own + CODE, e->setup->code, e->setup->code_size);
}

static void add_memory(struct experiment *e, int slot, uint64_t gpa, void *memory, size_t size, uint32_t flags) {
  struct kvm_userspace_memory_region region = {
      .slot = slot, .flags = flags, .guest_phys_addr = gpa, .memory_size = size, .userspace_addr = (uintptr_t)memory};
  require(ioctl(e->vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
}

static void set_cpuid(struct vcpu *vcpu) {
  static __thread char room[sizeof(struct kvm_cpuid2) + CPUIDS * sizeof(struct kvm_cpuid_entry2)];
  struct kvm_cpuid2 *cpuid = (void *)room;
  cpuid->nent = CPUIDS;
  require(ioctl(vcpu->of->kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
  require(ioctl(vcpu->fd, KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");
}

static void enter_user_mode(struct vcpu *vcpu) {
  struct kvm_sregs sregs;
  require(ioctl(vcpu->fd, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
  struct kvm_segment data = {
      .limit = -1, .selector = 0x23, .type = 3, .present = 1, .dpl = 3, .db = 1, .s = 1, .g = 1};
  sregs.cr3 = PAGE_MAP;
  sregs.cr4 = 1 << 5;
  sregs.cr0 = 0x80000011;
  sregs.efer = 0x500;
  sregs.ss = sregs.ds = sregs.es = data;
  sregs.cs = data;
  sregs.cs.selector = 0x2b;
  sregs.cs.type = 11;
  sregs.cs.l = 1;
  sregs.cs.db = 0;
  require(ioctl(vcpu->fd, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
}

static void create_vcpu(struct experiment *e, struct vcpu *vcpu, int id) {
  int run_size = require(ioctl(e->kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
  *vcpu = (struct vcpu){.of = e, .id = id};
  vcpu->fd = require(ioctl(e->vm, KVM_CREATE_VCPU, id), "KVM_CREATE_VCPU");
  vcpu->run = map(run_size, MAP_SHARED, vcpu->fd);
  set_cpuid(vcpu);
  enter_user_mode(vcpu);
  struct kvm_regs regs = {
      .rip = CODE,
      .rflags = 2,
      .rbx = DOORBELL,
      .r12 = TOUCHED + (uint64_t)id * e->setup->pages_each * PAGE,
      .r13 = e->setup->pages_each,
      .r14 = times_of(e, id),
      .r15 = e->setup->key};
  require(ioctl(vcpu->fd, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

static void open_userfaultfd(struct experiment *e) {
  e->uffd = require(syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK), "userfaultfd");
  uint64_t features = e->setup->protocol == FAILING_RUNS ? UFFD_FEATURE_SIGBUS : 0;
  struct uffdio_api api = {.api = UFFD_API, .features = features};
  require(ioctl(e->uffd, UFFDIO_API, &api), "UFFDIO_API");
  struct uffdio_register memory = {
      .range = {.start = (uintptr_t)e->touched, .len = e->touched_size}, .mode = UFFDIO_REGISTER_MODE_MISSING};
  require(ioctl(e->uffd, UFFDIO_REGISTER, &memory), "UFFDIO_REGISTER");
}

static void prepare(struct experiment *e) {
  const struct setup *setup = e->setup;
  e->touched_size = (size_t)setup->vcpus * setup->pages_each * PAGE;
  e->own_size = (times_of(e, setup->vcpus) + PAGE - 1) & -(size_t)PAGE;
  e->content = map(e->touched_size, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  e->touched = map(e->touched_size, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
  e->own = map(e->own_size, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  for (size_t at = 0; at < e->touched_size; at += 8) {
    *(uint64_t *)(e->content + at) = TOUCHED + at + setup->key;
  }
  write_guest(e);
  open_userfaultfd(e);
  uint32_t flags = 0;
  if (setup->protocol == NOWAIT_V2) {
    struct kvm_enable_cap enable = {.cap = CAP_X86_MEMORY_FAULT_EXIT, .args = {REASON_ABSENT_MAPPING}};
    require(ioctl(e->vm, KVM_ENABLE_CAP, &enable), "KVM_ENABLE_CAP");
    flags = MEM_ABSENT_MAPPING_FAULT;
  }
  add_memory(e, 0, 0, e->own, e->own_size, 0);
  add_memory(e, 1, TOUCHED, e->touched, e->touched_size, flags);
}

static void measure(struct experiment *e, struct vcpu *vcpus, struct reader *readers) {
  const struct setup *setup = e->setup;
  pthread_barrier_init(&e->barrier, NULL, setup->vcpus + 1);
  for (int i = 0; i < setup->readers; i++) {
    readers[i] = (struct reader){.of = e};
    pthread_create(&readers[i].thread, NULL, read_faults, &readers[i]);
  }
  for (int i = 0; i < setup->vcpus; i++) {
    create_vcpu(e, &vcpus[i], i);
    pthread_create(&vcpus[i].thread, NULL, run_vcpu, &vcpus[i]);
  }
  pthread_barrier_wait(&e->barrier);
  int64_t start = now();
  pthread_barrier_wait(&e->barrier);
  await_others(e);
  int64_t end = start;
  for (int i = 0; i < setup->vcpus; i++) {
    pthread_join(vcpus[i].thread, NULL);
    end = vcpus[i].finished > end ? vcpus[i].finished : end;
    e->outcome->installed += vcpus[i].installed;
    e->outcome->fault_exits += vcpus[i].faults;
  }
  e->outcome->nanos = end - start;
  eventfd_write(e->stop, 1);
  for (int i = 0; i < setup->readers; i++) {
    pthread_join(readers[i].thread, NULL);
    e->outcome->installed += readers[i].installed;
  }
  pthread_barrier_destroy(&e->barrier);
}

static int compare(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

// The median of what the touches took, by the guest's own counts.
static int64_t median_nanos(struct experiment *e, const struct vcpu *vcpu) {
  int64_t *ticks = (void *)(e->own + times_of(e, 0));
  int64_t pages = (int64_t)e->setup->vcpus * e->setup->pages_each;
  int kilohertz = require(ioctl(vcpu->fd, KVM_GET_TSC_KHZ, 0), "KVM_GET_TSC_KHZ");
  qsort(ticks, pages, sizeof *ticks, compare);
  return (int64_t)((double)ticks[(pages - 1) / 2] * 1e6 / kilohertz);
}

static void release(struct experiment *e, struct vcpu *vcpus) {
  int run_size = ioctl(e->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
  for (int i = 0; i < e->setup->vcpus; i++) {
    munmap(vcpus[i].run, run_size);
    close(vcpus[i].fd);
  }
  close(e->vm);
  close(e->uffd);
  close(e->stop);
  munmap(e->content, e->touched_size);
  munmap(e->touched, e->touched_size);
  munmap(e->own, e->own_size);
}

// Runs the experiment once. Ends the process if anything fails, and says why.
void demand_paging(int kvm, const struct setup *setup, struct outcome *outcome) {
  struct experiment e = {.setup = setup, .outcome = outcome, .kvm = kvm};
  struct vcpu *vcpus = calloc(setup->vcpus, sizeof *vcpus);
  struct reader *readers = calloc(setup->readers, sizeof *readers);
  *outcome = (struct outcome){0};
  e.vm = require(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
  e.stop = require(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
  prepare(&e);
  measure(&e, vcpus, readers);
  outcome->median_nanos = median_nanos(&e, vcpus);
  release(&e, vcpus);
  free(vcpus);
  free(readers);
}
