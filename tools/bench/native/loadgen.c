/*
 * Load for a server of the 17-byte-header protocol: a closed loop of a given depth on each connection, or an open loop at a given rate.
 *
 *   loadgen -p PORT [-c 50] [-d 1] [-s 64] [-i 100] [-t 5] [-w 1] [-r RATE] [-m MAGIC] [-v VERSION] [-W] [-P PLAN [-x PREFIX]]
 *
 * Every answer is checked: header, command, order and every byte of the payload, which must be the request's. With a plan the requests
 * are the plan's: a line a connection, frames in it parted by tabs, a frame is "COMMAND PAYLOAD". All but the last are sent one after
 * the other before the measurement; the last is what is measured. Answers must begin with PREFIX, and those of the last must be alike.
 *
 * One thread, epoll. Prints a line of JSON when all are connected and the load begins, and one with the result; exit code 1 when anything was lost, unanswered or not as asked.
 */
#include "wire.h"
#include "websocket.h"

#define READ 65536
#define BUCKETS 4000000 /* one a microsecond: up to 4 s */
#define OPEN_LOOP 4096  /* requests of one connection under way at a rate: more is an overload */
#define SETTLE_S 2
#define PLAN_S 60

struct client {
  int fd, is_open, is_blocked, is_ready;
  uint64_t asked, answered; /* measured requests */
  uint64_t *times;          /* when each that is under way was sent, a ring */
  char *plan;               /* what is left of its line */
  char *request;            /* the measured payload of a plan */
  size_t length;
  uint32_t command, waiting_for;
  char *first_answer;
  size_t first_length;
  struct bytes in, out, raw;
};

static struct {
  int port, clients, depth, size, is_websocket;
  uint32_t command;
  double seconds, warm_up, rate;
  const char *plan, *prefix;
} want = {.clients = 50, .depth = 1, .size = 64, .command = 100, .seconds = 5, .warm_up = 1, .prefix = ""};

static struct client *clients;
static char *pattern, *framed;
static uint32_t ring, *histogram;
static uint64_t counted, answered, unanswered, mismatched, lost, refused, overruns, slowest;
static uint64_t from, until; /* the measurement; 0 before it is known */
static int epoll, ready;

static void mismatch(const char *what, uint64_t got, uint64_t wanted) {
  if (mismatched++ < 5) fprintf(stderr, "mismatch: %s is %llu, not %llu\n", what, (unsigned long long)got, (unsigned long long)wanted);
}

static void drop(struct client *c) {
  if (!c->is_open) return;
  c->is_open = 0;
  lost++;
  close(c->fd);
}

static void put_frame(struct client *c, uint32_t command, const char *payload, size_t length) {
  if (want.is_websocket) {
    write_head(framed, command, length);
    memcpy(framed + HEAD, payload, length);
    ws_write(&c->out, WS_BINARY, framed, HEAD + length);
    return;
  }
  char *at = make_room(&c->out, HEAD + length);
  write_head(at, command, length);
  memcpy(at + HEAD, payload, length);
  c->out.to += HEAD + length;
}

/* Sends what is there, and has epoll say when the rest can go. */
static void flush(struct client *c) {
  if (!c->is_open) return;
  int state = send_all(c->fd, &c->out);
  if (state < 0) drop(c);
  else if (state != c->is_blocked) {
    c->is_blocked = state;
    struct epoll_event e = {.events = EPOLLIN | (state ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e);
  }
}

/* The pattern with the request's number in front: an answer out of order is seen. */
static char *payload_of(uint64_t number) {
  if (want.size >= 16) {
    static const char digits[] = "0123456789abcdef";
    for (int i = 15; i >= 0; i--, number >>= 4) pattern[i] = digits[number & 15];
  }
  return pattern;
}

static void ask(struct client *c, uint64_t at) {
  if (c->request) put_frame(c, c->command, c->request, c->length);
  else put_frame(c, want.command, payload_of(c->asked), (size_t)want.size);
  c->times[c->asked++ % ring] = at;
}

/* The next frame of the plan, or, at its last, ready. */
static void next_step(struct client *c) {
  char *frame = c->plan, *tab = strchr(frame, '\t'), *payload = strchr(frame, ' ');
  if (!payload || (tab && payload > tab)) fail("a frame of the plan is not \"COMMAND PAYLOAD\": %.40s", frame);
  c->waiting_for = (uint32_t)strtoul(frame, NULL, 10);
  payload++;
  if (tab) {
    put_frame(c, c->waiting_for, payload, (size_t)(tab - payload));
    c->plan = tab + 1;
    flush(c);
    return;
  }
  c->command = c->waiting_for;
  c->request = payload;
  c->length = strlen(payload);
  c->is_ready = 1;
  ready++;
}

static void record(uint64_t took) {
  uint64_t us = took / 1000;
  histogram[us < BUCKETS ? us : BUCKETS - 1]++;
  if (took > slowest) slowest = took;
  counted++;
}

static uint64_t number_in(const char *body) {
  char digits[17] = {0};
  memcpy(digits, body, want.size < 16 ? (size_t)want.size : 16);
  return strtoull(digits, NULL, 16);
}

static int has_prefix(const char *body, size_t length) {
  size_t n = strlen(want.prefix);
  return length >= n && !memcmp(body, want.prefix, n);
}

static void check(struct client *c, const char *body, size_t length) {
  if (!c->request) {
    if (length != (size_t)want.size) mismatch("the length of an answer", length, (uint64_t)want.size);
    else if (memcmp(body, payload_of(c->answered), length)) mismatch("the number in the payload of an answer", number_in(body), c->answered);
  } else if (!c->first_answer) {
    if (!has_prefix(body, length)) fail("the answer to %u does not begin with %s: %.*s", c->command, want.prefix, (int)length, body);
    c->first_answer = memcpy(memory(length + 1), body, length);
    c->first_length = length;
  } else if (length != c->first_length || memcmp(body, c->first_answer, length)) {
    mismatch("the length of an answer unlike the first", length, c->first_length);
  }
}

static void on_frame(struct client *c, uint32_t command, const char *body, size_t length, uint64_t at) {
  if (!c->is_ready) {
    if (command != c->waiting_for) return; /* a push */
    if (!has_prefix(body, length)) fail("the answer to %u does not begin with %s: %.*s", command, want.prefix, (int)length, body);
    next_step(c);
    return;
  }
  uint32_t wanted = c->request ? c->command : want.command;
  if (command != wanted) mismatch("the command of a frame", command, wanted);
  else if (c->answered == c->asked) mismatch("the number of answers", c->answered + 1, c->asked);
  else {
    check(c, body, length);
    uint64_t sent = c->times[c->answered++ % ring];
    answered++;
    if (at >= from && at < until) record(at - sent);
    if (want.rate <= 0 && at < until) ask(c, at);
  }
}

static void read_frames(struct client *c, uint64_t at) {
  struct bytes *in = &c->in;
  while (c->is_open && in->to - in->from >= HEAD) {
    const char *head = in->data + in->from;
    uint32_t size = read_u32(head + START);
    if (memcmp(head, frame_start, START) || size < 4 || size > LARGEST) {
      mismatch("the length in a header", size, (uint64_t)want.size + 4);
      drop(c);
      return;
    }
    size_t length = size - 4;
    if (in->to - in->from < HEAD + length) return;
    in->from += HEAD + length;
    on_frame(c, read_u32(head + START + 4), head + HEAD, length, at);
  }
}

static void on_readable(struct client *c, uint64_t at) {
  ssize_t n = receive_some(c->fd, want.is_websocket ? &c->raw : &c->in, READ);
  if (n < 0 || (want.is_websocket && ws_unwrap(&c->raw, &c->in, &c->out) < 0)) {
    drop(c);
    return;
  }
  read_frames(c, at);
  if (c->is_open && !c->is_blocked) flush(c);
}

static void turn(int timeout) {
  struct epoll_event events[512];
  int n = epoll_wait(epoll, events, 512, timeout);
  uint64_t at = now();
  for (int i = 0; i < n; i++) {
    struct client *c = events[i].data.ptr;
    if (!c->is_open) continue;
    if (events[i].events & EPOLLOUT) flush(c);
    if (c->is_open && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) on_readable(c, at);
  }
}

/* Sends what is due by now, over all connections in turn. A request's time counts from when it was due, not from when it was sent. */
static void send_due(uint64_t *due, int *turns) {
  uint64_t at = now(), step = (uint64_t)(1e9 / want.rate);
  for (; *due <= at; *due += step) {
    struct client *c = &clients[(*turns)++ % want.clients];
    if (!c->is_open) continue;
    if (c->asked - c->answered >= OPEN_LOOP) {
      overruns++;
      continue;
    }
    ask(c, *due);
    if (!c->is_blocked) flush(c);
  }
}

static void read_plan(void) {
  FILE *file = fopen(want.plan, "r");
  if (!file) fail("%s: %s", want.plan, strerror(errno));
  for (int i = 0; i < want.clients; i++) {
    size_t room = 0;
    ssize_t length = getline(&clients[i].plan, &room, file);
    if (length <= 0) fail("%s has %d lines for %d connections", want.plan, i, want.clients);
    if (clients[i].plan[length - 1] == '\n') clients[i].plan[length - 1] = 0;
  }
  fclose(file);
}

static void connect_all(void) {
  for (int i = 0; i < want.clients; i++) {
    struct client *c = &clients[i];
    c->fd = dial(want.port);
    if (c->fd < 0 || (want.is_websocket && ws_upgrade(c->fd))) {
      refused++;
      continue;
    }
    c->is_open = 1;
    c->times = memory(ring * sizeof *c->times);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e)) fail("epoll: %s", strerror(errno));
    if (c->plan) next_step(c);
    else c->is_ready = 1, ready++;
  }
  uint64_t limit = now() + PLAN_S * SECOND;
  while (ready + (int)lost + (int)refused < want.clients) {
    if (now() > limit) fail("only %d of %d connections had their first answers in %d s", ready, want.clients, PLAN_S);
    turn(100);
  }
}

static void run(void) {
  uint64_t start = now();
  from = start + (uint64_t)(want.warm_up * 1e9);
  until = from + (uint64_t)(want.seconds * 1e9);
  if (want.rate > 0) {
    int turns = 0;
    for (uint64_t due = start; now() < until; turn(0)) send_due(&due, &turns);
  } else {
    for (int i = 0; i < want.clients; i++) {
      if (!clients[i].is_open) continue;
      for (int d = 0; d < want.depth; d++) ask(&clients[i], start);
      flush(&clients[i]);
    }
    while (now() < until) turn(100);
  }
}

/* What was asked has to be answered, also when nobody measures any more. */
static void settle(void) {
  uint64_t limit = now() + SETTLE_S * SECOND;
  for (;; turn(50)) {
    unanswered = 0;
    for (int i = 0; i < want.clients; i++) unanswered += clients[i].asked - clients[i].answered;
    if (!unanswered || now() > limit) return;
  }
}

static double percentile(double share) {
  uint64_t rank = (uint64_t)(share * (double)counted), seen = 0;
  for (uint64_t us = 0; us < BUCKETS; us++) {
    seen += histogram[us];
    if (seen > rank) return (double)us;
  }
  return (double)slowest / 1000;
}

static void options(int argc, char **argv) {
  const char *magic = "0,0,0,0,0";
  uint32_t version = 0;
  for (int o; (o = getopt(argc, argv, "p:c:d:s:i:t:w:r:m:v:P:x:W")) != -1;) switch (o) {
      case 'p': want.port = atoi(optarg); break;
      case 'c': want.clients = atoi(optarg); break;
      case 'd': want.depth = atoi(optarg); break;
      case 's': want.size = atoi(optarg); break;
      case 'i': want.command = (uint32_t)strtoul(optarg, NULL, 10); break;
      case 't': want.seconds = atof(optarg); break;
      case 'w': want.warm_up = atof(optarg); break;
      case 'r': want.rate = atof(optarg); break;
      case 'm': magic = optarg; break;
      case 'v': version = (uint32_t)strtoul(optarg, NULL, 10); break;
      case 'P': want.plan = optarg; break;
      case 'x': want.prefix = optarg; break;
      case 'W': want.is_websocket = 1; break;
      default: exit(2);
    }
  if (want.port < 1 || want.clients < 1 || want.depth < 1 || want.size < 0) fail("-p, -c and -d must be at least 1");
  set_start(magic, version);
}

int main(int argc, char **argv) {
  options(argc, argv);
  allow_many_files();
  ring = want.rate > 0 ? OPEN_LOOP : (uint32_t)want.depth;
  clients = memory((size_t)want.clients * sizeof *clients);
  histogram = memory(BUCKETS * sizeof *histogram);
  pattern = memory((size_t)want.size + 1);
  framed = memory(READ * 2 + (size_t)want.size);
  for (int i = 0; i < want.size; i++) pattern[i] = (char)('a' + i % 26);
  epoll = epoll_create1(0);
  if (want.plan) read_plan();
  connect_all();
  printf("{\"connected\":%d}\n", ready);
  fflush(stdout);
  run();
  settle();
  printf("{\"perSecond\":%.1f,\"p50\":%.0f,\"p90\":%.0f,\"p99\":%.0f,\"p999\":%.0f,\"slowest\":%.0f,\"answered\":%llu,\"unanswered\":%llu,"
         "\"mismatched\":%llu,\"lost\":%llu,\"refused\":%llu,\"overruns\":%llu}\n",
         (double)counted / want.seconds, percentile(.5), percentile(.9), percentile(.99), percentile(.999), (double)slowest / 1000,
         (unsigned long long)answered, (unsigned long long)unanswered, (unsigned long long)mismatched, (unsigned long long)lost,
         (unsigned long long)refused, (unsigned long long)overruns);
  return mismatched || lost || refused || unanswered || overruns ? 1 : 0;
}
