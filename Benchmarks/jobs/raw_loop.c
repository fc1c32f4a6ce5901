/* The floor to compare with: a bare librabbitmq loop. Publishes MESSAGES persistent messages of 1 KiB to a quorum queue
 * with at most WINDOW unconfirmed, then consumes them with that prefetch and acknowledges each. Arguments: host, port, user,
 * password, virtual host. */
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void fail(const char *what) {
    fprintf(stderr, "raw_loop: %s failed\n", what);
    exit(1);
}

static void expect(amqp_rpc_reply_t reply, const char *what) {
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) fail(what);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void report(const char *what, int count, double seconds) {
    printf("%s %d in %.2f seconds: %.0f /s\n", what, count, seconds, count / seconds);
}

static int setting(const char *name, int otherwise) {
    const char *text = getenv(name);
    return text ? atoi(text) : otherwise;
}

/* Waits for confirms until at most `allowed` messages are unconfirmed. */
static void await_confirms(amqp_connection_state_t connection, int published, long *confirmed, int allowed) {
    while (published - *confirmed > allowed) {
        amqp_frame_t frame;
        if (amqp_simple_wait_frame(connection, &frame) != AMQP_STATUS_OK) fail("waiting for a confirm");
        if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_BASIC_ACK_METHOD) continue;
        amqp_basic_ack_t *ack = frame.payload.method.decoded;
        if (ack->multiple) {
            if ((long)ack->delivery_tag > *confirmed) *confirmed = ack->delivery_tag;
        } else {
            *confirmed += 1;
        }
        amqp_maybe_release_buffers(connection);
    }
}

int main(int argc, char **argv) {
    if (argc != 6) fail("reading arguments: host port user password vhost");
    int count = setting("MESSAGES", 200000), window = setting("WINDOW", 500);
    amqp_connection_state_t connection = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(connection);
    if (!socket || amqp_socket_open(socket, argv[1], atoi(argv[2]))) fail("connecting");
    expect(amqp_login(connection, argv[5], 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, argv[3], argv[4]), "login");
    amqp_channel_open(connection, 1);
    expect(amqp_get_rpc_reply(connection), "opening a channel");
    amqp_table_entry_t entry = {.key = amqp_cstring_bytes("x-queue-type")};
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = amqp_cstring_bytes("quorum");
    amqp_table_t arguments = {.num_entries = 1, .entries = &entry};
    amqp_bytes_t queue = amqp_cstring_bytes("bench.raw");
    amqp_queue_declare(connection, 1, queue, 0, 1, 0, 0, arguments);
    expect(amqp_get_rpc_reply(connection), "declaring the queue");
    amqp_confirm_select(connection, 1);
    expect(amqp_get_rpc_reply(connection), "confirm.select");

    char body[1024];
    memset(body, 'x', sizeof body);
    amqp_bytes_t bytes = {.len = sizeof body, .bytes = body};
    amqp_basic_properties_t properties = {._flags = AMQP_BASIC_DELIVERY_MODE_FLAG, .delivery_mode = 2};
    double start = now();
    long confirmed = 0;
    for (int published = 0; published < count;) {
        if (amqp_basic_publish(connection, 1, amqp_empty_bytes, queue, 1, 0, &properties, bytes)) fail("publishing");
        published += 1;
        await_confirms(connection, published, &confirmed, window);
    }
    await_confirms(connection, count, &confirmed, 0);
    report("publish", count, now() - start);

    amqp_basic_qos(connection, 1, 0, window, 0);
    start = now();
    amqp_basic_consume(connection, 1, queue, amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    expect(amqp_get_rpc_reply(connection), "consuming");
    for (int consumed = 0; consumed < count; consumed++) {
        amqp_envelope_t envelope;
        amqp_maybe_release_buffers(connection);
        expect(amqp_consume_message(connection, &envelope, NULL, 0), "a delivery");
        if (amqp_basic_ack(connection, 1, envelope.delivery_tag, 0)) fail("an ack");
        amqp_destroy_envelope(&envelope);
    }
    report("consume", count, now() - start);
    amqp_queue_delete(connection, 1, queue, 0, 0);
    amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
    return 0;
}
