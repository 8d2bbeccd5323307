/* Every kind of declaration that kernel headers hold, in the oddest shape of each. */
#ifndef LINUX_ODD_H
#define LINUX_ODD_H

#include <linux/odd-types.h>
#include <asm/odd.h>
#ifdef ODD_NEVER
#include <linux/does-not-exist.h>
#endif

enum odd_color {
	ODD_RED,
	ODD_GREEN = 5,
#define ODD_GREEN ODD_GREEN
	ODD_BLUE = 0x80000000,
};

enum {
	ODD_NEGATIVE = -7,
	ODD_WIDE = 0x100000000LL,
};

typedef struct odd_embedded odd_embedded_t;
typedef struct {
	__u8 kind;
	__u32 value;
} odd_untagged_t;
typedef void (*odd_callback_t)(int, char *);
typedef __u16 odd_triple_t[3];

/* packed */
struct odd_packed {
	__u8 event;
	__u64 address;
	struct {
		__u8 code;
		__u32 value;
	} inner;
	struct {
		__u8 code;
		__u32 value;
	} __attribute__((packed)) tight;
	union {
		__u32 word;
		__u16 halves[2];
	};
	struct odd_embedded embedded;
} __attribute__((packed));

/* aligned */
struct odd_aligned {
	__u8 first;
	__u64 second __attribute__((aligned(32)));
	__u32 third;
};

struct odd_aligned_whole {
	__u8 only;
} __attribute__((aligned(64)));

struct odd_aligned_inside {
	__u8 first;
	union {
		__u8 bytes[3];
		__u16 halves[1];
	};
	struct {
		__u8 a;
		struct {
			__u8 b;
			__aligned_u64 c;
		};
	};
	__u8 last;
};

/* bit-fields */
struct odd_bits {
	__u32 low : 3, middle : 7;
	__u32 : 2;
	__u32 high : 20;
	__u8 byte;
	__u8 bit : 1;
	__u16 rest : 9;
	__u64 : 0;
	__s32 negative : 5;
	unsigned int big : 30;
	_Bool truth : 1;
	enum odd_color color : 32;
	__u64 wide : 40;
	__u64 end;
};

struct odd_bits_packed {
	__u8 first;
	__u32 straddling : 30;
	__u32 next : 10;
	__u16 plain;
	__u64 tail : 3;
} __attribute__((packed));

struct odd_bits_nested {
	union {
		__u64 raw;
		struct {
			__u64 valid : 1, dirty : 1, : 10, frame : 40;
			__u64 owner : 12;
		};
		struct {
			__u8 level : 4;
			__u8 pad[7];
		} named[1];
	};
	struct {
		__u16 flag : 1;
		__u16 count;
	};
	struct {
		__u32 only : 9;
	};
};

union odd_bits_union {
	__u32 word;
	__u32 low : 12;
	__s64 sign : 33;
};

/* 128 bits */
struct odd_wide {
	__u8 first;
	__u128 value;
	__int128 many[2];
};

/* pointers */
struct odd_pointers {
	void *nothing;
	const char *text;
	void (*callback)(int, char *);
	int (*table[3])(void);
	char *(*variadic)(struct odd_pointers *, ...);
	struct odd_never *opaque;
	int (*to_array)[5];
	odd_callback_t typed;
	char *names[4];
};

/* scalars */
struct odd_scalars {
	_Bool truth;
	char plain;
	signed char small;
	__s8 s8;
	short s;
	long l;
	unsigned long ul;
	long long ll;
	enum odd_color color;
	enum {
		ODD_INSIDE_A,
		ODD_INSIDE_B = 1 << 4,
	} choice;
	const volatile __u32 guarded;
	__le32 little;
};

/* arrays */
struct odd_arrays {
	__u32 grid[2][3];
	odd_triple_t triples[2];
	struct odd_embedded pairs[2];
	struct {
		__u8 a;
		__u16 b;
	} cells[2][2];
	__u8 none[0];
};

struct odd_flexible {
	__u32 count;
	struct {
		__u16 kind;
		__u32 value;
	} entries[];
};

struct odd_flexible_union {
	__u8 count;
	union {
		struct {
			struct {
			} __empty_words;
			__u32 words[];
		};
		struct {
			struct {
			} __empty_longs;
			__u64 longs[];
		};
	};
};

/* names and nesting */
struct odd_nesting {
	struct odd_inner {
		__u32 a;
	} first;
	struct odd_inner more[2];
	union odd_choice {
		__u8 byte;
		__u64 word;
	} second;
	odd_embedded_t by_typedef;
	odd_untagged_t untagged;
	struct {
		struct {
			struct {
				__u8 deep;
				union {
					__u16 deeper;
					__u8 deepest;
				};
			};
		};
	};
	__u32 class;
	__u32 notify;
	struct odd_regs regs;
};

struct odd_empty {
};

/* constants */
#define ODD_INT 1
#define ODD_MINUS (-1)
#define ODD_UNSIGNED 0x80000000U
#define ODD_PROMOTED 0x80000000
#define ODD_TOP_BIT 0x8000000000000000ULL
#define ODD_ALL (~0ULL)
#define ODD_LEAST (-9223372036854775807LL - 1)
#define ODD_CHARACTER 'x'
#define ODD_BOOLEAN (1 == 1)
#define ODD_BYTE ((__u8)200)
#define ODD_SIZE sizeof(struct odd_wide)
#define ODD_ENUMERATOR ODD_BLUE
#define ODD_TEXT "text"
#define ODD_FRACTION 1.5
#define ODD_ADDRESS ((void *)16)
#define ODD_EMPTY
#define ODD_UNDEFINED ODD_PAGE_SIZE
#define ODD_FUNCTION(x) ((x) + 1)
#define wait 77

/* ioctls */
#define ODDIO 0xB7
#define ODD_REQUEST(nr, type) _IOWR(ODDIO, nr, type)
#define ODD_CAP_REGS 3
#define ODD_CAP_OTHER 4

/* Available with ODD_CAP_REGS */
#define ODD_GET_REGS _IOR(ODDIO, 0x01, struct odd_regs)
#define ODD_SET_REGS _IOW(ODDIO, 0x02, struct odd_regs)
#define ODD_GO _IO(ODDIO, 0x03)
/* Available with ODD_CAP_REGS
 * or ODD_CAP_OTHER, not ODD_CAP_UNKNOWN */
#define ODD_WRAPPED \
	ODD_REQUEST(0x04, struct odd_argument)
#define ODD_NUMBER _IOW(ODDIO, 0x05, unsigned long)
#define ODD_POINTER _IOW(ODDIO, 0x06, const char *)
#define ODD_ARRAY _IOR(ODDIO, 0x07, __u8[16])
#define ODD_ALIAS ODD_GET_REGS
#define ODD_LACKING _IOW(ODDIO, 0x08, struct odd_never)
#ifdef ODD_NEVER
#define ODD_GUARDED _IO(ODDIO, 0x09)
#endif
#define ODD_NO_REQUEST (ODD_GET_REGS + 1)

#endif
