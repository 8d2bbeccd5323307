/* The architecture's part: what linux/odd.h includes, as linux/kvm.h does asm/kvm.h. */
#ifndef ASM_ODD_H
#define ASM_ODD_H

#include <linux/odd-types.h>

struct odd_regs {
	__u64 pc;
	__u64 gpr[31];
};

#define ODD_NR_REGS 31

#endif
