/* Looks up the lines of a trace by what is left of them without their time.

What `feed.py` does with a regular expression, two splits and a dictionary, for wheels that are
compiled: a line is read once, and nothing is made of one that is known but its time. It decides
nothing: a line that is not known, or that it will not look at, is given back for `feed.py` to find
what to do. `_lines.pyi` says what each method promises.
*/

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Keys of more bytes are not kept, and lines with more are not looked up. */
#define LONGEST 512
/* Places that one hash may take: what has no room is not kept. */
#define TRIES 64
#define FIRST_SIZE 1024

typedef struct {
    uint64_t hash;
    PyObject *key;
    PyObject *value;
} Entry;

typedef struct {
    PyObject_HEAD
    Entry *entries;
    size_t size;
    size_t used;
    uint64_t seed;
} LineTable;

static uint64_t
hash_of(const LineTable *self, const char *text, size_t length)
{
    uint64_t hash = self->seed ^ length, word;
    while (length >= 8) {
        memcpy(&word, text, 8);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
        text += 8;
        length -= 8;
    }
    word = 0;
    memcpy(&word, text, length);
    hash = (hash ^ word) * UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ hash >> 32;
}

/* The place of a key, or where it can be put; NULL where there is no room for it. */
static Entry *
find(const LineTable *self, uint64_t hash, const char *text, size_t length)
{
    for (size_t try = 0; try < TRIES; try++) {
        Entry *entry = &self->entries[(hash + try) & (self->size - 1)];
        if (entry->key == NULL) {
            return entry;
        }
        if (entry->hash == hash && (size_t)PyBytes_GET_SIZE(entry->key) == length
            && memcmp(PyBytes_AS_STRING(entry->key), text, length) == 0) {
            return entry;
        }
    }
    return NULL;
}

static void
forget(LineTable *self)
{
    Entry *entries = self->entries;
    size_t size = self->size;
    self->entries = NULL;
    self->size = self->used = 0;
    for (size_t at = 0; at < size; at++) {
        Py_XDECREF(entries[at].key);
        Py_XDECREF(entries[at].value);
    }
    PyMem_Free(entries);
}

static int
grow(LineTable *self)
{
    size_t size = self->size ? 2 * self->size : FIRST_SIZE;
    Entry *old = self->entries, *entries = PyMem_Calloc(size, sizeof(Entry));
    size_t old_size = self->size;
    if (entries == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    self->entries = entries;
    self->size = size;
    self->used = 0;
    for (size_t at = 0; at < old_size; at++) {
        Entry *one = &old[at];
        if (one->key != NULL) {
            Entry *place = find(
                self, one->hash, PyBytes_AS_STRING(one->key), PyBytes_GET_SIZE(one->key));
            if (place != NULL) {
                *place = *one;
                self->used++;
            }
            else {
                Py_DECREF(one->key);
                Py_DECREF(one->value);
            }
        }
    }
    PyMem_Free(old);
    return 0;
}

static PyObject *
LineTable_put(PyObject *op, PyObject *args)
{
    LineTable *self = (LineTable *)op;
    PyObject *key, *value;
    if (!PyArg_ParseTuple(args, "SO:put", &key, &value)) {
        return NULL;
    }
    size_t length = PyBytes_GET_SIZE(key);
    if (length <= LONGEST) {
        if (2 * self->used >= self->size && grow(self) < 0) {
            return NULL;
        }
        const char *text = PyBytes_AS_STRING(key);
        uint64_t hash = hash_of(self, text, length);
        Entry *place = find(self, hash, text, length);
        if (place != NULL) {
            PyObject *old_key = place->key, *old_value = place->value;
            self->used += old_key == NULL;
            place->hash = hash;
            place->key = Py_NewRef(key);
            place->value = Py_NewRef(value);
            Py_XDECREF(old_key);
            Py_XDECREF(old_value);
        }
    }
    Py_RETURN_NONE;
}

static PyObject *
LineTable_clear_method(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    forget((LineTable *)op);
    Py_RETURN_NONE;
}

/* The end of the time at `digit`, behind `"t":`; NULL where there is none. */
static const char *
time_behind(const char *digit, const char *end, uint64_t *value)
{
    if (digit < end && *digit == ' ') {
        digit++;
    }
    if (digit == end || *digit < '0' || *digit > '9') {
        return NULL;
    }
    uint64_t number = *digit++ - '0';
    if (number != 0) {
        const char *last = digit + 18 < end ? digit + 18 : end;
        while (digit < last && *digit >= '0' && *digit <= '9') {
            number = 10 * number + (*digit++ - '0');
        }
    }
    *value = number;
    return digit;
}

/* Copies a line without its times, a NUL in the place of each; returns the length of what is left,
   how many times there are, and the last of them. `out` has room for the whole line. */
static size_t
cut(const char *line, const char *end, char *out, int *times, uint64_t *value)
{
    const char *from = line, *colon = line;
    char *to = out;
    *times = 0;
    while ((colon = memchr(colon, ':', end - colon)) != NULL) {
        const char *behind = NULL;
        if (colon - from >= 3 && memcmp(colon - 3, "\"t\"", 3) == 0) {
            behind = time_behind(colon + 1, end, value);
        }
        if (behind == NULL) {
            colon++;
            continue;
        }
        memcpy(to, from, colon - 3 - from);
        to += colon - 3 - from;
        *to++ = '\0';
        (*times)++;
        from = colon = behind;
    }
    memcpy(to, from, end - from);
    return to + (end - from) - out;
}

/* One line: what is known of it, and its time, are put at `place` of the lists. */
static int
look_at(
    const LineTable *self, const char *line, const char *end, PyObject *calls, PyObject *clocks,
    Py_ssize_t place)
{
    char text[LONGEST];
    int times = 0;
    uint64_t value = 0;
    PyObject *found = NULL, *clock;

    if (end - line <= LONGEST && self->size) {
        size_t length = cut(line, end, text, &times, &value);
        Entry *entry = times > 1 ? NULL : find(self, hash_of(self, text, length), text, length);
        if (entry != NULL && entry->key != NULL) {
            found = Py_NewRef(entry->value);
        }
    }
    if (found == NULL) {
        found = PyBytes_FromStringAndSize(line, end - line);
        times = 0;
    }
    clock = times ? PyLong_FromUnsignedLongLong(value) : Py_NewRef(Py_None);
    if (found == NULL || clock == NULL) {
        Py_XDECREF(found);
        Py_XDECREF(clock);
        return -1;
    }
    PyList_SET_ITEM(calls, place, found);
    PyList_SET_ITEM(clocks, place, clock);
    return 0;
}

static PyObject *
LineTable_look_up(PyObject *op, PyObject *block)
{
    if (!PyBytes_Check(block)) {
        return PyErr_Format(PyExc_TypeError, "a block is bytes");
    }
    const char *start = PyBytes_AS_STRING(block), *end = start + PyBytes_GET_SIZE(block), *line;
    if (end == start || end[-1] != '\n') {
        return PyErr_Format(PyExc_ValueError, "a block ends with its last line");
    }
    if (memchr(start, '\0', end - start) != NULL) {
        Py_RETURN_NONE;
    }
    Py_ssize_t count = 0, place = 0;
    for (line = start; line < end; count++) {
        line = (const char *)memchr(line, '\n', end - line) + 1;
    }
    PyObject *calls = PyList_New(count), *clocks = PyList_New(count), *both = NULL;
    if (calls != NULL && clocks != NULL) {
        for (line = start; line < end; place++) {
            const char *behind = memchr(line, '\n', end - line);
            if (look_at((LineTable *)op, line, behind, calls, clocks, place) < 0) {
                goto done;
            }
            line = behind + 1;
        }
        both = PyTuple_Pack(2, calls, clocks);
    }
done:
    Py_XDECREF(calls);
    Py_XDECREF(clocks);
    return both;
}

static PyObject *
LineTable_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    if (PyTuple_GET_SIZE(args) || (keywords != NULL && PyDict_GET_SIZE(keywords))) {
        return PyErr_Format(PyExc_TypeError, "LineTable() takes no arguments");
    }
    LineTable *self = (LineTable *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    /* as secret as Python's own hashes */
    PyObject *word = PyBytes_FromString("the lines of a trace");
    Py_hash_t seed = word == NULL ? -1 : PyObject_Hash(word);
    Py_XDECREF(word);
    if (seed == -1) {
        Py_DECREF(self);
        return NULL;
    }
    self->seed = (uint64_t)seed;
    return (PyObject *)self;
}

static int
LineTable_traverse(PyObject *op, visitproc visit, void *arg)
{
    LineTable *self = (LineTable *)op;
    Py_VISIT(Py_TYPE(op));
    for (size_t at = 0; at < self->size; at++) {
        Py_VISIT(self->entries[at].key);
        Py_VISIT(self->entries[at].value);
    }
    return 0;
}

static int
LineTable_clear(PyObject *op)
{
    forget((LineTable *)op);
    return 0;
}

static void
LineTable_dealloc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    forget((LineTable *)op);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"look_up", LineTable_look_up, METH_O, NULL},
    {"put", LineTable_put, METH_VARARGS, NULL},
    {"clear", LineTable_clear_method, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, LineTable_new},
    {Py_tp_dealloc, LineTable_dealloc},
    {Py_tp_traverse, LineTable_traverse},
    {Py_tp_clear, LineTable_clear},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "xlcfg.emulator._lines.LineTable",
    .basicsize = sizeof(LineTable),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

static int
execute(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    if (type == NULL) {
        return -1;
    }
    int failed = PyModule_AddObjectRef(module, "LineTable", type);
    Py_DECREF(type);
    return failed;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "xlcfg.emulator._lines",
    .m_slots = module_slots,
};

PyMODINIT_FUNC
PyInit__lines(void)
{
    return PyModuleDef_Init(&module);
}
