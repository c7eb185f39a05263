/* The client's side of a WebSocket, as much as a load needs: the upgrade, and binary messages that carry whole frames. */
#ifndef FIREFLY_BENCH_WEBSOCKET_H
#define FIREFLY_BENCH_WEBSOCKET_H

#include "wire.h"

#define WS_BINARY 2
#define WS_CLOSE 8
#define WS_PING 9
#define WS_PONG 10

/* Any key masks; the server has to unmask with whatever it is. */
static const unsigned char ws_mask[4] = {0x37, 0xfa, 0x21, 0x3d};

/* Asks for the upgrade and waits for it; the socket blocks meanwhile. 0 when the server agrees. */
static int ws_upgrade(int fd) {
  static const char ask[] =
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: ZmlyZWZseS1iZW5jaC1rZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  char answer[2048];
  size_t used = 0;
  fcntl(fd, F_SETFL, 0);
  if (send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) < 0) return -1;
  /* Byte by byte, so that nothing behind the answer is taken. */
  while (used < sizeof answer - 1) {
    if (recv(fd, answer + used, 1, 0) != 1) return -1;
    answer[++used] = 0;
    if (used >= 4 && !memcmp(answer + used - 4, "\r\n\r\n", 4)) break;
  }
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return strncmp(answer, "HTTP/1.1 101", 12) ? -1 : 0;
}

/* Appends one masked message. */
static void ws_write(struct bytes *out, int opcode, const char *payload, size_t length) {
  size_t head = length < 126 ? 6 : length < 65536 ? 8 : 14;
  char *at = make_room(out, head + length);
  at[0] = (char)(0x80 | opcode);
  if (head == 6) at[1] = (char)(0x80 | length);
  else if (head == 8) {
    at[1] = (char)(0x80 | 126);
    at[2] = (char)(length >> 8);
    at[3] = (char)length;
  } else {
    at[1] = (char)(0x80 | 127);
    write_u32(at + 2, 0);
    write_u32(at + 6, (uint32_t)length);
  }
  memcpy(at + head - 4, ws_mask, 4);
  for (size_t i = 0; i < length; i++) at[head + i] = payload[i] ^ (char)ws_mask[i & 3];
  out->to += head + length;
}

/* Moves the payload of whole messages from `raw` to `in`. -1: the server closed, or sent what it must not. */
static int ws_unwrap(struct bytes *raw, struct bytes *in, struct bytes *out) {
  for (;;) {
    const unsigned char *at = (unsigned char *)raw->data + raw->from;
    size_t there = raw->to - raw->from, head = 2;
    if (there < 2) return 0;
    uint64_t length = at[1];
    if (length > 127) return -1; /* masked by a server */
    if (length == 126) head = 4;
    if (length == 127) head = 10;
    if (there < head) return 0;
    if (head == 4) length = (uint64_t)at[2] << 8 | at[3];
    if (head == 10) length = (uint64_t)read_u32((char *)at + 2) << 32 | read_u32((char *)at + 6);
    if (length > LARGEST) return -1;
    if (there < head + length) return 0;
    int opcode = at[0] & 15;
    if (opcode == WS_CLOSE) return -1;
    if (opcode == WS_PING) ws_write(out, WS_PONG, (char *)at + head, length);
    else if (opcode != WS_PONG) {
      memcpy(make_room(in, length), at + head, length);
      in->to += length;
    }
    raw->from += head + length;
  }
}

#endif
