/* A state as a safetensors file: 8 bytes with the length of the header (little-endian), the header,
 * the data. The header is a JSON object: tensors by name, {"dtype": "F32", "shape": [2, 3],
 * "data_offsets": [begin, end]}, offsets counted from the start of the data; under "__metadata__"
 * texts by key. https://huggingface.co/docs/safetensors, https://www.rfc-editor.org/rfc/rfc8259 */
#include "runtime/abi/gradus_library.h"

/* What is still to be read of the header. After a mistake, that is nothing: every loop ends, and
 * only the last caller has to look at `wrong`. */
typedef struct reader {
  const uint8_t *at, *end;
  int32_t wrong;
} reader;

/* Field by field: for a struct as a whole, some code generators call memcpy. */
static void start(reader *in, const uint8_t *at, const uint8_t *end) {
  in->at = at;
  in->end = end;
  in->wrong = 0;
}

static void fail(reader *in, int32_t wrong) {
  if (!in->wrong)
    in->wrong = wrong;
  in->at = in->end;
}

/*-- letters
 * ---------------------------------------------------------------------------------------*/

/* The next byte; 0, which stands nowhere in JSON, at the end. */
static int peek(const reader *in) { return in->at < in->end ? *in->at : 0; }

static int is_one_of(int c, const char *letters) {
  while (*letters && *letters != c)
    ++letters;
  return *letters != 0;
}

/* Passes over one letter, if it is in the list. */
static int pass_one(reader *in, const char *letters) {
  const int found = is_one_of(peek(in), letters);
  in->at += found;
  return found;
}

static void pass_space(reader *in) {
  while (pass_one(in, " \t\n\r"))
    ;
}

/* Passes over white space and over c, if it is next. */
static int take(reader *in, int c) {
  pass_space(in);
  if (peek(in) != c)
    return 0;
  ++in->at;
  return 1;
}

static void expect(reader *in, int c) {
  if (!take(in, c))
    fail(in, GRADUS_BAD_FILE);
}

static int is_digit(int c) { return c >= '0' && c <= '9'; }

/* Passes over digits, at least one. */
static void pass_digits(reader *in) {
  const uint8_t *start = in->at;
  while (is_digit(peek(in)))
    ++in->at;
  if (in->at == start)
    fail(in, GRADUS_BAD_FILE);
}

/* The value of a hexadecimal digit, or -1. */
static int hex_digit(int c) {
  if (is_digit(c))
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*-- strings
 * ---------------------------------------------------------------------------------------*/

/* A string; *text is what stands between the quotes, escapes as they are. */
static void read_string(reader *in, reader *text) {
  expect(in, '"');
  start(text, in->at, in->at);
  while (peek(in) != '"') {
    int valid = peek(in) >= 0x20; /* neither a control character nor the end */
    if (valid && *in->at++ == '\\') {
      const int escaped = peek(in);
      valid = pass_one(in, "\"\\/bfnrtu");
      for (int i = 0; i < 4 && escaped == 'u' && valid; ++i, ++in->at)
        valid = hex_digit(peek(in)) >= 0;
    }
    if (!valid) {
      fail(in, GRADUS_BAD_FILE);
      return;
    }
  }
  text->end = in->at++;
}

/* The four digits after \u, which read_string has checked. */
static uint32_t read_hex(reader *in) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i)
    value = value << 4 | (uint32_t)hex_digit(*in->at++);
  return value;
}

/* A string, byte by byte in UTF-8. */
typedef struct letters {
  reader in;
  uint32_t pending; /* more bytes of an escape, the first in the lowest 8 bits */
} letters;

/* The next byte of the string, or -1. */
static int next_letter(letters *from) {
  reader *in = &from->in;
  if (from->pending) {
    const int next = (int)(from->pending & 0xff);
    from->pending >>= 8;
    return next;
  }
  if (in->at == in->end)
    return -1;
  int c = *in->at++;
  if (c != '\\')
    return c;
  c = *in->at++;
  if (c != 'u') {
    static const char escapes[] = "b\bf\fn\nr\rt\t";
    for (const char *each = escapes; *each; each += 2)
      if (c == each[0])
        return each[1];
    return c;
  }
  uint32_t point = read_hex(in);
  if (point >> 10 == 0xd800 >> 10 && in->end - in->at >= 6 && in->at[0] == '\\' &&
      in->at[1] == 'u') { /* the first half of a pair */
    reader after;
    start(&after, in->at + 2, in->end);
    const uint32_t second = read_hex(&after);
    if (second >> 10 == 0xdc00 >> 10) {
      point = 0x10000 + ((point & 0x3ff) << 10) + (second & 0x3ff);
      in->at = after.at;
    }
  }
  if (point < 0x80)
    return (int)point;
  /* Six bits to a byte, until the rest fits into the first one. */
  uint32_t first = 0xc0;
  for (uint32_t room = 0x20;; room >>= 1, first = first >> 1 | 0x80) {
    from->pending = from->pending << 8 | 0x80 | (point & 0x3f);
    point >>= 6;
    if (point < room)
      return (int)(first | point);
  }
}

/* Whether a string means the same as `expected`, which is zero-ended and may have escapes itself.
 */
static int equals(const reader *text, const char *expected) {
  const uint8_t *first = (const uint8_t *)expected, *end = first;
  while (*end)
    ++end;
  letters a, b;
  start(&a.in, text->at, text->end);
  start(&b.in, first, end);
  a.pending = b.pending = 0;
  for (;;) {
    const int letter = next_letter(&a);
    if (letter != next_letter(&b))
      return 0;
    if (letter < 0)
      return 1;
  }
}

/*-- values
 * ----------------------------------------------------------------------------------------*/

/* A string, number, true, false or null, without space before it. */
static void skip_scalar(reader *in) {
  reader text;
  const int first = peek(in);
  if (first == '"') {
    read_string(in, &text);
  } else if (is_one_of(first, "tfn")) {
    const char *word = first == 't' ? "true" : first == 'f' ? "false" : "null";
    for (; *word && peek(in) == *word; ++word)
      ++in->at;
    if (*word)
      fail(in, GRADUS_BAD_FILE);
  } else {
    pass_one(in, "-");
    if (!pass_one(in, "0"))
      pass_digits(in);
    if (pass_one(in, "."))
      pass_digits(in);
    if (pass_one(in, "eE")) {
      pass_one(in, "+-");
      pass_digits(in);
    }
  }
}

/* Whether there is another item between "{}" or "[]", and goes there. *inside is 0 before the
 * opening bracket. */
static int next_item(reader *in, int *inside, const char *brackets) {
  const int is_first = !*inside;
  *inside = 1;
  if (is_first)
    expect(in, brackets[0]);
  if (take(in, brackets[1]))
    return 0;
  if (!is_first)
    expect(in, ',');
  return !in->wrong;
}

/* The same of an object, with the key and its colon. */
static int next_key(reader *in, int *inside, reader *key) {
  if (!next_item(in, inside, "{}"))
    return 0;
  read_string(in, key);
  expect(in, ':');
  return !in->wrong;
}

/* Any value, nested up to 30 deep. The bits of `open` are the brackets around, the innermost
 * lowest: 1 for an object, 0 for an array; a 1 stands above them all. */
static void skip_value(reader *in) {
  uint32_t open = 1;
  do {
    pass_space(in);
    const int opens_object = peek(in) == '{', opens = opens_object || peek(in) == '[';
    if (!opens)
      skip_scalar(in);
    else if (open >> 30)
      fail(in, GRADUS_BAD_FILE);
    else
      open = open << 1 | (uint32_t)opens_object;
    int inside = !opens;
    reader key;
    while (open > 1 && !(open & 1 ? next_key(in, &inside, &key) : next_item(in, &inside, "[]")))
      open >>= 1;
  } while (open > 1);
}

/* An integer of at most 18 digits. */
static int64_t read_count(reader *in) {
  pass_space(in);
  const uint8_t *digit = in->at;
  pass_digits(in);
  const int64_t digits = in->at - digit;
  if (digits > 18 || (*digit == '0' && digits > 1))
    fail(in, GRADUS_BAD_FILE);
  int64_t count = 0;
  for (; !in->wrong && digit < in->at; ++digit)
    count = count * 10 + (*digit - '0');
  return count;
}

/* Whether the next value is a string of this meaning. */
static int is_text(const reader *from, const char *expected) {
  reader in, text;
  start(&in, from->at, from->end);
  read_string(&in, &text);
  return !in.wrong && equals(&text, expected);
}

/* Whether the next value is this array of integers, which is written without spaces. */
static int is_shape(const reader *from, const char *expected) {
  reader in;
  start(&in, from->at, from->end);
  for (int before = 0; *expected; before = *expected++) {
    if (!is_digit(before) || !is_digit(*expected))
      pass_space(&in);
    if (peek(&in) != *expected)
      return 0;
    ++in.at;
  }
  return 1;
}

/*-- the header
 * ------------------------------------------------------------------------------------*/

/* "__metadata__": an object of strings. */
static void read_metadata(reader *in) {
#define TEXT_OF(number) #number
#define VERSION(number) TEXT_OF(number)
  int inside = 0;
  reader key, value;
  while (next_key(in, &inside, &key)) {
    read_string(in, &value);
    if (equals(&key, "gradus_abi") && !equals(&value, VERSION(GRADUS_ABI_VERSION)))
      fail(in, GRADUS_WRONG_VERSION);
  }
}

/* Where things are in a file. */
typedef struct extent {
  const uint8_t *header, *data;
  int64_t bytes; /* of the data */
} extent;

/* The record of one tensor; gives its data. */
static const uint8_t *read_record(reader *in, const extent *file, const gradus_tensor *tensor,
                                  const char *text) {
  static const char types[][5] = {"F32", "F64", "I32", "I64", "BOOL", "U8"}; /* GRADUS_F32, ... */
  enum { dtype = 1, shape = 2, offsets = 4, all = 7 };
  int inside = 0, seen = 0, fits = 1;
  int64_t begin = 0, end = 0;
  reader key;
  while (next_key(in, &inside, &key)) {
    int which = 0;
    if (equals(&key, "data_offsets")) {
      which = offsets;
      expect(in, '[');
      begin = read_count(in);
      expect(in, ',');
      end = read_count(in);
      expect(in, ']');
    } else {
      if (equals(&key, "dtype")) {
        which = dtype;
        fits &= is_text(in, types[tensor->dtype]);
      } else if (equals(&key, "shape")) {
        which = shape;
        fits &= is_shape(in, text + tensor->shape);
      }
      skip_value(in);
    }
    if (seen & which)
      fail(in, GRADUS_BAD_FILE);
    seen |= which;
  }
  if (seen != all || begin > end || end > file->bytes)
    fail(in, GRADUS_BAD_FILE);
  else if (!fits)
    fail(in, GRADUS_WRONG_TENSOR);
  else if (end - begin != gradus_tensor_bytes(tensor))
    fail(in, GRADUS_BAD_FILE);
  else if (gradus_tensor_allows(tensor, file->data + begin))
    fail(in, GRADUS_WRONG_TENSOR);
  return file->data + begin;
}

/* Reads the whole header with an eye on `count` of the tensors, at most 32; each must be there
 * once. Fills them in `state` unless it is NULL. */
static int32_t read_header(const extent *file, const gradus_tensor *tensors, int32_t count,
                           const char *text, uint8_t *state) {
  int inside = 0;
  int32_t found = 0;
  uint32_t seen = 0;
  reader in, key;
  start(&in, file->header, file->data);
  while (next_key(&in, &inside, &key)) {
    int32_t which = 0;
    while (which < count && !equals(&key, text + tensors[which].name))
      ++which;
    if (which < count) {
      const gradus_tensor *tensor = &tensors[which];
      const uint8_t *values = read_record(&in, file, tensor, text);
      if (seen >> which & 1)
        fail(&in, GRADUS_BAD_FILE);
      seen |= 1u << which;
      ++found;
      if (state)
        gradus_tensor_pack(tensor, state + tensor->offset, values);
    } else if (equals(&key, "__metadata__")) {
      read_metadata(&in);
    } else {
      skip_value(&in);
    }
  }
  pass_space(&in);
  if (in.at < in.end)
    fail(&in, GRADUS_BAD_FILE);
  if (found < count)
    fail(&in, GRADUS_MISSING_TENSOR);
  return in.wrong;
}

/* The header once for every 32 tensors: their places need not be remembered. */
static int32_t read_headers(const extent *file, const gradus_model *model,
                            const gradus_tensor *tensors, const char *text, uint8_t *state) {
  int64_t left = model->count;
  int32_t wrong;
  do {
    wrong = read_header(file, tensors, left < 32 ? (int32_t)left : 32, text, state);
    tensors += 32;
    left -= 32;
  } while (!wrong && left > 0);
  return wrong;
}

/*-- the functions of a model
 * ----------------------------------------------------------------------*/

int32_t gradus_state_load(const gradus_model *model, const gradus_tensor *tensors, const char *text,
                          uint8_t *state, const uint8_t *buffer, int64_t bytes) {
  if (!buffer)
    return GRADUS_NULL_POINTER;
  int32_t wrong = gradus_check_address(state, GRADUS_ALIGNMENT);
  if (wrong)
    return wrong;
  if (bytes < 8)
    return GRADUS_BAD_FILE;
  uint64_t length = 0;
  for (int i = 7; i >= 0; --i)
    length = length << 8 | buffer[i];
  if (length > (uint64_t)bytes - 8)
    return GRADUS_BAD_FILE;
  const extent file = {buffer + 8, buffer + 8 + length, bytes - 8 - (int64_t)length};
  wrong = read_headers(&file, model, tensors, text, 0);
  if (wrong)
    return wrong;
  gradus_clear(state, model->state_bytes);
  read_headers(&file, model, tensors, text, state);
  gradus_copy(state, (const uint8_t *)&model->stamp, 8);
  return GRADUS_OK;
}

int32_t gradus_state_save(const gradus_model *model, const gradus_tensor *tensors,
                          const char *header, const uint8_t *state, uint8_t *buffer,
                          int64_t bytes) {
  if (!buffer)
    return GRADUS_NULL_POINTER;
  const int32_t wrong = gradus_check_state(model, state);
  if (wrong)
    return wrong;
  if (bytes < model->saved_bytes)
    return GRADUS_WRONG_SIZE;
  gradus_copy(buffer, (const uint8_t *)&model->header_bytes, 8);
  gradus_copy(buffer + 8, (const uint8_t *)header, model->header_bytes);
  uint8_t *data = buffer + 8 + model->header_bytes;
  for (int64_t i = 0; i < model->count; ++i)
    gradus_tensor_unpack(&tensors[i], state + tensors[i].offset, data + tensors[i].file);
  return GRADUS_OK;
}
