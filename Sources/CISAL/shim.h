#include <isa-l/igzip_lib.h>
#include <stdbool.h>
#include <stdlib.h>

// ISA-L's stream holds arrays larger than Swift imports: it stays behind a pointer here.

/// A gzip stream at a level from 0 to 3; NULL when memory is lacking. To be given back with srto_gzip_free.
static inline void *srto_gzip_create(uint32_t level) {
    static const uint32_t rooms[] = {
        ISAL_DEF_LVL0_DEFAULT, ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL2_DEFAULT, ISAL_DEF_LVL3_DEFAULT};
    if (level > ISAL_DEF_MAX_LEVEL) return NULL;
    struct isal_zstream *stream = malloc(sizeof *stream);
    // Level 0 needs no room, and malloc(0) may be NULL.
    void *room = malloc(rooms[level] + 1);
    if (stream == NULL || room == NULL) {
        free(stream);
        free(room);
        return NULL;
    }
    isal_deflate_init(stream);
    stream->level = level;
    stream->level_buf = room;
    stream->level_buf_size = rooms[level];
    stream->gzip_flag = IGZIP_GZIP;
    return stream;
}

static inline void srto_gzip_free(void *gzip) {
    if (gzip == NULL) return;
    free(((struct isal_zstream *)gzip)->level_buf);
    free(gzip);
}

/// The bytes that are compressed next, which must stay until srto_gzip_step says that it has none to write.
static inline void srto_gzip_feed(void *gzip, const uint8_t *bytes, uint32_t count, bool is_end) {
    struct isal_zstream *stream = gzip;
    stream->next_in = (uint8_t *)bytes;
    stream->avail_in = count;
    stream->end_of_stream = is_end;
    stream->flush = NO_FLUSH;
}

/// Writes at most `room` bytes and tells how many; whether there is more to write in `has_more`. ISA-L's code when not 0.
static inline int srto_gzip_step(void *gzip, uint8_t *output, uint32_t room, uint32_t *written, bool *has_more) {
    struct isal_zstream *stream = gzip;
    stream->next_out = output;
    stream->avail_out = room;
    int code = isal_deflate(stream);
    *written = room - stream->avail_out;
    *has_more = stream->avail_out == 0 || (stream->end_of_stream && stream->internal_state.state != ZSTATE_END);
    stream->next_out = NULL;
    return code;
}
