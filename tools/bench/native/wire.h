/*
 * What both load programs need: the client frame, growing buffers, loopback sockets and a clock.
 *
 * A frame is 5 magic bytes, then big-endian u32s: server version, payload length + 4, command; then the payload.
 */
#ifndef FIREFLY_BENCH_WIRE_H
#define FIREFLY_BENCH_WIRE_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define START 9 /* magic and version: the same in every frame of a run */
#define HEAD 17
#define LARGEST (64u << 20)
#define SECOND 1000000000ull

struct bytes {
  char *data;
  size_t from, to, room; /* what counts is data[from, to) */
};

static unsigned char frame_start[START];

static inline void fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vfprintf(stderr, format, values);
  va_end(values);
  fputc('\n', stderr);
  exit(2);
}

static inline void *memory(size_t size) {
  void *block = calloc(1, size);
  if (!block) fail("out of memory (%zu bytes)", size);
  return block;
}

static inline uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

/* Room for `more` bytes behind what is there; what was consumed makes room first. */
static inline char *make_room(struct bytes *b, size_t more) {
  if (b->from == b->to) b->from = b->to = 0;
  if (b->room - b->to >= more) return b->data + b->to;
  if (b->from) {
    memmove(b->data, b->data + b->from, b->to - b->from);
    b->to -= b->from;
    b->from = 0;
  }
  if (b->room - b->to < more) {
    b->room = (b->to + more) * 2;
    b->data = realloc(b->data, b->room);
    if (!b->data) fail("out of memory (%zu bytes)", b->room);
  }
  return b->data + b->to;
}

static inline uint32_t read_u32(const char *at) {
  uint32_t v;
  memcpy(&v, at, 4);
  return ntohl(v);
}

static inline void write_u32(char *at, uint32_t v) {
  v = htonl(v);
  memcpy(at, &v, 4);
}

static inline void write_head(char *at, uint32_t command, size_t length) {
  memcpy(at, frame_start, START);
  write_u32(at + START, (uint32_t)length + 4);
  write_u32(at + START + 4, command);
}

/* "78,37,38,48,9" and the version, as every frame of this run begins. */
static inline void set_start(const char *magic, uint32_t version) {
  int v[5];
  if (sscanf(magic, "%d,%d,%d,%d,%d", v, v + 1, v + 2, v + 3, v + 4) != 5) fail("-m wants five numbers: 78,37,38,48,9");
  for (int i = 0; i < 5; i++) frame_start[i] = (unsigned char)v[i];
  write_u32((char *)frame_start + 5, version);
}

/* A connected, non-blocking socket to this machine, or -1. */
static inline int dial(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to)) {
    if (fd >= 0) close(fd);
    return -1;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

static inline void allow_many_files(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

/* Sends what is there. 0: all of it; 1: the kernel takes no more now; -1: the connection is gone. */
static inline int send_all(int fd, struct bytes *b) {
  while (b->from < b->to) {
    ssize_t n = send(fd, b->data + b->from, b->to - b->from, MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN ? 1 : -1;
    b->from += (size_t)n;
  }
  return 0;
}

/* Reads once, at most `most`. Bytes read; 0: nothing there; -1: the connection is gone. */
static inline ssize_t receive_some(int fd, struct bytes *b, size_t most) {
  ssize_t n = recv(fd, make_room(b, most), most, 0);
  if (n > 0) b->to += (size_t)n;
  if (n > 0) return n;
  return n < 0 && errno == EAGAIN ? 0 : -1;
}

#endif
