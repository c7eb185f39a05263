/*
 * Many connections that do little: for pushes to all of them, and for what an idle one costs.
 *
 *   crowd -p PORT -c COUNT [-m MAGIC] [-v VERSION] [-s 64] [-W]
 *
 * -W: over WebSocket. Connects, has one frame of command 100 answered on each, and prints {"connected":COUNT}. Then for each line on standard input
 * "COMMAND TOPIC" it sends COMMAND on the first connection and prints {"ms":T}: how long until every connection had got one frame of
 * TOPIC with the same payload. The end of the input ends it; its connections are reset, so that no port waits.
 */
#include "websocket.h"

#define BATCH 200 /* connections dialled before their first answers are read: the server's backlog is finite */
#define WAIT_S 20

struct member {
  int fd;
  uint64_t got;
  struct bytes in, raw; /* raw: WebSocket messages that are not unwrapped yet */
};

static struct member *members;
static int epoll, port, count, size = 64, is_websocket;
static struct bytes out;
static char *frame;

static void drop_empty(struct bytes *b) {
  if (b->from < b->to || b->room <= 4096) return;
  free(b->data);
  *b = (struct bytes){0};
}

/* Takes the frames that came; each must be the one that is expected. */
static int take(struct member *m, uint32_t command) {
  int taken = 0;
  struct bytes *from = is_websocket ? &m->raw : &m->in;
  if (receive_some(m->fd, from, 4096) < 0 || (is_websocket && ws_unwrap(from, &m->in, &out) < 0)) fail("the server closed a connection");
  while (m->in.to - m->in.from >= (size_t)(HEAD + size)) {
    write_head(frame, command, (size_t)size);
    if (memcmp(m->in.data + m->in.from, frame, (size_t)(HEAD + size))) fail("a frame is not the one expected for command %u", command);
    m->in.from += (size_t)(HEAD + size);
    m->got++;
    taken++;
  }
  drop_empty(&m->in);
  drop_empty(&m->raw);
  return taken;
}

static void await(uint64_t wanted, uint32_t command) {
  struct epoll_event events[512];
  uint64_t limit = now() + WAIT_S * SECOND, got = 0;
  while (got < wanted) {
    int n = epoll_wait(epoll, events, 512, 100);
    for (int i = 0; i < n; i++) got += (uint64_t)take(events[i].data.ptr, command);
    if (got < wanted && now() > limit) fail("%llu of %llu frames came in %d s", (unsigned long long)got, (unsigned long long)wanted, WAIT_S);
  }
}

static void say(struct member *m, uint32_t command) {
  write_head(frame, command, (size_t)size);
  if (is_websocket) ws_write(&out, WS_BINARY, frame, (size_t)(HEAD + size));
  else {
    memcpy(make_room(&out, (size_t)(HEAD + size)), frame, (size_t)(HEAD + size));
    out.to += (size_t)(HEAD + size);
  }
  if (send_all(m->fd, &out)) fail("a frame could not be sent: %s", strerror(errno));
}

static void join_all(void) {
  for (int done = 0; done < count;) {
    int end = done + BATCH < count ? done + BATCH : count, begin = done;
    for (; done < end; done++) {
      struct member *m = &members[done];
      struct epoll_event e = {.events = EPOLLIN, .data.ptr = m};
      struct linger reset = {.l_onoff = 1, .l_linger = 0};
      m->fd = dial(port);
      if (m->fd < 0 || (is_websocket && ws_upgrade(m->fd))) fail("connection %d of %d: %s", done + 1, count, strerror(errno));
      setsockopt(m->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      if (epoll_ctl(epoll, EPOLL_CTL_ADD, m->fd, &e)) fail("epoll: %s", strerror(errno));
      say(m, 100);
    }
    await((uint64_t)(end - begin), 100);
  }
}

static double push_round(uint32_t command, uint32_t topic) {
  for (int i = 0; i < count; i++) members[i].got = 0;
  uint64_t start = now();
  say(&members[0], command);
  await((uint64_t)count, topic);
  double took = (double)(now() - start) / 1e6;
  for (int i = 0; i < count; i++)
    if (members[i].got != 1) fail("connection %d got %llu frames of one push", i, (unsigned long long)members[i].got);
  return took;
}

int main(int argc, char **argv) {
  const char *magic = "0,0,0,0,0";
  uint32_t version = 0, command, topic;
  char line[64];
  for (int o; (o = getopt(argc, argv, "p:c:s:m:v:W")) != -1;) switch (o) {
      case 'p': port = atoi(optarg); break;
      case 'c': count = atoi(optarg); break;
      case 's': size = atoi(optarg); break;
      case 'm': magic = optarg; break;
      case 'v': version = (uint32_t)strtoul(optarg, NULL, 10); break;
      case 'W': is_websocket = 1; break;
      default: exit(2);
    }
  if (port < 1 || count < 1 || size < 0 || size > 4000) fail("-p and -c must be at least 1, -s at most 4000");
  set_start(magic, version);
  allow_many_files();
  members = memory((size_t)count * sizeof *members);
  frame = memory(HEAD + (size_t)size);
  memset(frame + HEAD, 'p', (size_t)size);
  epoll = epoll_create1(0);
  join_all();
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("{\"connected\":%d}\n", count);
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "%u %u", &command, &topic) != 2) fail("a line is \"COMMAND TOPIC\", not %s", line);
    printf("{\"ms\":%.3f}\n", push_round(command, topic));
  }
  return 0;
}
