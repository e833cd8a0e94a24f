/* A state as a safetensors file: 8 bytes with the length of the header (little-endian), the header,
 * the data. The header is a JSON object: tensors by name, {"dtype": "F32", "shape": [2, 3],
 * "data_offsets": [begin, end]}, offsets counted from the start of the data; under "__metadata__"
 * texts by key. https://huggingface.co/docs/safetensors, https://www.rfc-editor.org/rfc/rfc8259 */
#include "runtime/abi/gradus_library.h"

/* What is still to be read of the header. */
typedef struct reader {
  const uint8_t *at, *end;
} reader;

/*-- strings
 * ---------------------------------------------------------------------------------------*/

static int is_digit(int c) { return c >= '0' && c <= '9'; }

/* The value of a hexadecimal digit, or -1. */
static int hex_digit(int c) {
  if (is_digit(c))
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next byte; 0, which stands nowhere in JSON, at the end. */
static int peek(const reader *in) { return in->at < in->end ? *in->at : 0; }

static void pass_space(reader *in) {
  while (peek(in) == ' ' || peek(in) == '\t' || peek(in) == '\n' || peek(in) == '\r')
    ++in->at;
}

/* Passes over white space and over c, if it is next. */
static int take(reader *in, int c) {
  pass_space(in);
  if (peek(in) != c)
    return 0;
  ++in->at;
  return 1;
}

static int is_one_of(int c, const char *letters) {
  while (*letters && *letters != c)
    ++letters;
  return *letters != 0;
}

/* A string; *text is what stands between the quotes, escapes as they are. */
static int read_string(reader *in, reader *text) {
  if (!take(in, '"'))
    return 0;
  text->at = in->at;
  while (peek(in) != '"') {
    const int c = peek(in);
    if (c < 0x20) /* or the end */
      return 0;
    ++in->at;
    if (c != '\\')
      continue;
    const int escaped = peek(in);
    if (!is_one_of(escaped, "\"\\/bfnrtu"))
      return 0;
    ++in->at;
    for (int i = 0; i < 4 && escaped == 'u'; ++i, ++in->at)
      if (hex_digit(peek(in)) < 0)
        return 0;
  }
  text->end = in->at++;
  return 1;
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
  if (c != 'u')
    return c == 'b'   ? '\b'
           : c == 'f' ? '\f'
           : c == 'n' ? '\n'
           : c == 'r' ? '\r'
           : c == 't' ? '\t'
                      : c;
  uint32_t point = read_hex(in);
  if (point >> 10 == 0xd800 >> 10 && in->end - in->at >= 6 && in->at[0] == '\\' &&
      in->at[1] == 'u') { /* the first half of a pair */
    reader after = {in->at + 2, in->end};
    const uint32_t second = read_hex(&after);
    if (second >> 10 == 0xdc00 >> 10) {
      point = 0x10000 + ((point & 0x3ff) << 10) + (second & 0x3ff);
      in->at = after.at;
    }
  }
  if (point < 0x80)
    return (int)point;
  const uint32_t last = 0x80 | (point & 0x3f), third = 0x80 | (point >> 6 & 0x3f);
  if (point < 0x800) {
    from->pending = last;
    return (int)(0xc0 | point >> 6);
  }
  if (point < 0x10000) {
    from->pending = third | last << 8;
    return (int)(0xe0 | point >> 12);
  }
  from->pending = (0x80 | (point >> 12 & 0x3f)) | third << 8 | last << 16;
  return (int)(0xf0 | point >> 18);
}

/* Whether a string means the same as `expected`, which is zero-ended and may have escapes itself.
 */
static int equals(const reader *text, const char *expected) {
  const uint8_t *first = (const uint8_t *)expected, *end = first;
  while (*end)
    ++end;
  letters a = {*text, 0}, b = {{first, end}, 0};
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

static int pass_digits(reader *in) {
  const uint8_t *start = in->at;
  while (is_digit(peek(in)))
    ++in->at;
  return in->at > start;
}

/* One of what is next, if it is in the list. */
static int pass_one(reader *in, const char *letters) {
  const int found = is_one_of(peek(in), letters);
  in->at += found;
  return found;
}

/* A string, number, true, false or null, without space before it. */
static int skip_scalar(reader *in) {
  reader text;
  if (peek(in) == '"')
    return read_string(in, &text);
  const int first = peek(in);
  if (is_one_of(first, "tfn")) {
    const char *word = first == 't' ? "true" : first == 'f' ? "false" : "null";
    for (; *word; ++word, ++in->at)
      if (peek(in) != *word)
        return 0;
    return 1;
  }
  pass_one(in, "-");
  if (!pass_one(in, "0") && !pass_digits(in))
    return 0;
  if (pass_one(in, ".") && !pass_digits(in))
    return 0;
  if (!pass_one(in, "eE"))
    return 1;
  pass_one(in, "+-");
  return pass_digits(in);
}

/* The next item between "{}" or "[]": 1; the end: 0; neither: -1. *inside is 0 before the first
 * call. */
static int next_item(reader *in, int *inside, const char *brackets) {
  const int was_inside = *inside;
  *inside = 1;
  if (!was_inside && !take(in, brackets[0]))
    return -1;
  if (take(in, brackets[1]))
    return 0;
  return !was_inside || take(in, ',') ? 1 : -1;
}

/* The same of an object, with the key and its colon. */
static int next_key(reader *in, int *inside, reader *key) {
  const int found = next_item(in, inside, "{}");
  return found > 0 && !(read_string(in, key) && take(in, ':')) ? -1 : found;
}

/* Any value, nested up to 30 deep. The bits of `open` are the brackets around, the innermost
 * lowest: 1 for an object, 0 for an array; a 1 stands above them all. */
static int skip_value(reader *in) {
  uint32_t open = 1;
  do {
    pass_space(in);
    const int opens_object = peek(in) == '{', opens = opens_object || peek(in) == '[';
    if (opens ? open >> 30 : !skip_scalar(in))
      return 0;
    if (opens)
      open = open << 1 | (uint32_t)opens_object;
    int inside = !opens, found = 0;
    while (open > 1 && !found) {
      reader key;
      found = open & 1 ? next_key(in, &inside, &key) : next_item(in, &inside, "[]");
      if (found < 0)
        return 0;
      if (!found)
        open >>= 1;
    }
  } while (open > 1);
  return 1;
}

/* An integer of at most 18 digits. */
static int read_count(reader *in, int64_t *count) {
  pass_space(in);
  const uint8_t *start = in->at;
  if (!pass_digits(in) || in->at - start > 18 || (*start == '0' && in->at - start > 1))
    return 0;
  *count = 0;
  for (; start < in->at; ++start)
    *count = *count * 10 + (*start - '0');
  return 1;
}

/* Whether the next value is a string of this meaning. */
static int is_text(reader in, const char *expected) {
  reader text;
  return read_string(&in, &text) && equals(&text, expected);
}

/* Whether the next value is this array of integers, which is written without spaces. */
static int is_shape(reader in, const char *expected) {
  for (int before = 0; *expected; before = *expected++) {
    if (!(is_digit(before) && is_digit(*expected)))
      pass_space(&in);
    if (!pass_one(&in, (const char[]){*expected, 0}))
      return 0;
  }
  return 1;
}

/*-- the header
 * ------------------------------------------------------------------------------------*/

/* A safetensors file in memory. */
typedef struct file {
  reader header;
  const uint8_t *data;
  int64_t data_bytes;
} file;

static int open_file(file *in, const uint8_t *buffer, int64_t bytes) {
  if (bytes < 8)
    return 0;
  uint64_t length = 0;
  for (int i = 7; i >= 0; --i)
    length = length << 8 | buffer[i];
  if (length > (uint64_t)bytes - 8)
    return 0;
  in->header.at = buffer + 8;
  in->header.end = in->data = in->header.at + length;
  in->data_bytes = bytes - 8 - (int64_t)length;
  return 1;
}

/* "__metadata__": an object of strings. */
static int32_t read_metadata(reader *in) {
#define TEXT_OF(number) #number
#define VERSION(number) TEXT_OF(number)
  int inside = 0, found;
  reader key, value;
  while ((found = next_key(in, &inside, &key)) > 0) {
    if (!read_string(in, &value))
      return GRADUS_BAD_FILE;
    if (equals(&key, "gradus_abi") && !equals(&value, VERSION(GRADUS_ABI_VERSION)))
      return GRADUS_WRONG_VERSION;
  }
  return found < 0 ? GRADUS_BAD_FILE : GRADUS_OK;
}

static const char *type_name(int64_t dtype) {
  switch (dtype) {
  case GRADUS_F32:
    return "F32";
  case GRADUS_F64:
    return "F64";
  case GRADUS_I32:
    return "I32";
  case GRADUS_I64:
    return "I64";
  case GRADUS_BOOL:
    return "BOOL";
  default:
    return "U8";
  }
}

/* [begin, end] of the data. */
static int read_offsets(reader *in, int64_t *begin, int64_t *end) {
  return take(in, '[') && read_count(in, begin) && take(in, ',') && read_count(in, end) &&
         take(in, ']');
}

/* The record of one tensor; *begin is where its data start. */
static int32_t read_record(reader *in, const file *from, const gradus_tensor *tensor,
                           const char *text, int64_t *begin) {
  enum { dtype = 1, shape = 2, offsets = 4, all = 7 };
  int inside = 0, found, seen = 0, fits = 1;
  int64_t end = 0;
  reader key;
  *begin = 0;
  while ((found = next_key(in, &inside, &key)) > 0) {
    const int which = equals(&key, "dtype")          ? dtype
                      : equals(&key, "shape")        ? shape
                      : equals(&key, "data_offsets") ? offsets
                                                     : 0;
    if (which == dtype)
      fits &= is_text(*in, type_name(tensor->dtype));
    else if (which == shape)
      fits &= is_shape(*in, text + tensor->shape);
    if (seen & which || !(which == offsets ? read_offsets(in, begin, &end) : skip_value(in)))
      return GRADUS_BAD_FILE;
    seen |= which;
  }
  if (found < 0 || seen != all || *begin > end || end > from->data_bytes)
    return GRADUS_BAD_FILE;
  if (!fits)
    return GRADUS_WRONG_TENSOR;
  if (end - *begin != gradus_tensor_bytes(tensor))
    return GRADUS_BAD_FILE;
  return gradus_tensor_allows(tensor, from->data + *begin);
}

/* Reads the whole header with an eye on `count` of the tensors, at most 32; each must be there
 * once. Fills them in `state` unless it is NULL. */
static int32_t read_header(const file *from, const gradus_tensor *tensors, int64_t count,
                           const char *text, uint8_t *state) {
  reader in = from->header, key;
  int inside = 0, found;
  uint32_t seen = 0;
  while ((found = next_key(&in, &inside, &key)) > 0) {
    if (equals(&key, "__metadata__")) {
      const int32_t wrong = read_metadata(&in);
      if (wrong)
        return wrong;
      continue;
    }
    int64_t which = 0;
    while (which < count && !equals(&key, text + tensors[which].name))
      ++which;
    if (which == count) {
      if (!skip_value(&in))
        return GRADUS_BAD_FILE;
      continue;
    }
    const gradus_tensor *tensor = &tensors[which];
    int64_t begin;
    const int32_t wrong = read_record(&in, from, tensor, text, &begin);
    if (wrong)
      return wrong;
    if (seen & 1u << which)
      return GRADUS_BAD_FILE;
    seen |= 1u << which;
    if (state)
      gradus_tensor_pack(tensor, state + tensor->offset, from->data + begin);
  }
  pass_space(&in);
  if (found < 0 || in.at < in.end)
    return GRADUS_BAD_FILE;
  return count && seen != 0xffffffffu >> (32 - count) ? GRADUS_MISSING_TENSOR : GRADUS_OK;
}

/* The header once for every 32 tensors: their places need not be remembered. */
static int32_t read_all(const file *from, const gradus_model *model, const gradus_tensor *tensors,
                        const char *text, uint8_t *state) {
  int64_t first = 0;
  int32_t wrong;
  do {
    const int64_t left = model->count - first;
    wrong = read_header(from, tensors + first, left < 32 ? left : 32, text, state);
    first += 32;
  } while (!wrong && first < model->count);
  return wrong;
}

/*-- the functions of a model
 * ----------------------------------------------------------------------*/

int32_t gradus_state_load(const gradus_model *model, const gradus_tensor *tensors, const char *text,
                          uint8_t *state, const uint8_t *buffer, int64_t bytes) {
  if (!buffer)
    return GRADUS_NULL_POINTER;
  int32_t wrong = gradus_check_address(state, GRADUS_ALIGNMENT);
  file from;
  if (!wrong && !open_file(&from, buffer, bytes))
    wrong = GRADUS_BAD_FILE;
  if (!wrong)
    wrong = read_all(&from, model, tensors, text, 0);
  if (wrong)
    return wrong;
  gradus_clear(state, model->state_bytes);
  read_all(&from, model, tensors, text, state);
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
  for (int i = 0; i < 8; ++i)
    buffer[i] = (uint8_t)((uint64_t)model->header_bytes >> 8 * i);
  gradus_copy(buffer + 8, (const uint8_t *)header, model->header_bytes);
  uint8_t *data = buffer + 8 + model->header_bytes;
  for (const gradus_tensor *tensor = tensors; tensor < tensors + model->count; ++tensor)
    gradus_tensor_unpack(tensor, state + tensor->offset, data + tensor->file);
  return GRADUS_OK;
}
