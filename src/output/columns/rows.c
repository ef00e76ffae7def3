// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of rows and of their keys.
 */
#include "output/columns/get.h"
#include "util/macros.h"

_Static_assert(sizeof(OTHER_ROW) > NAME_LEN, "a name could look like the other row");

bool get_row_key(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	if (!line->row->other)
		return !(line->row->several_cgroups &&
			 column->of_key->get == get_releaser_cgroup_id) &&
		       !(line->row->several_memcgs && column->of_key->get == get_nonzero_u64) &&
		       column->of_key->get(column->of_key, &line->row->key, value);
	value->text = OTHER_ROW;
	return column->kind == VALUE_TEXT;
}

const struct hist *row_hist(const struct row *row, enum phase phase)
{
	const struct hist *hist = NULL;

	if (phase == PHASE_TOTAL)
		hist = &row->latency;
	else if (row->phases)
		hist = phase_hist(row->phases, phase);
	return hist && hist->count ? hist : NULL;
}

#define ROW_GETTER(name, known, figure)                                                            \
	static GETTER(name, const struct row_line *line, known, number, figure)

static GETTER(get_memcg_path, const struct row_key *key, key->memcg, text, key->memcg->path);

/* A path, or else the id. */
static bool get_memcg(const struct column *column, const void *object, struct value *value)
{
	const struct row_key *key = object;

	if (get_memcg_path(column, object, value))
		return true;
	snprintf(value->made, sizeof(value->made), "%llu", key->memcg_id);
	value->text = value->made;
	return key->memcg_id;
}

ROW_GETTER(get_interval, line->interval, line->interval);
ROW_GETTER(get_count, true, line->row->count);
ROW_GETTER(get_empty, true, line->row->empty);
ROW_GETTER(get_unmeasured, true, line->row->unmeasured);

static bool has_phase(const struct column *column, const void *object)
{
	return row_has_phase(((const struct row_line *)object)->row, column->which);
}

/* True if the number of entries is not known. */
static bool has_entries(const struct column *column, const void *object)
{
	const struct row_phases *phases = ((const struct row_line *)object)->row->phases;

	(void)column;
	return !phases || !phases->counted || phases->entries;
}

/* The row without keys has no numbers for them. */
bool has_row_key(const struct column *column, const void *object)
{
	const struct row *row = ((const struct row_line *)object)->row;

	if (row->other)
		return column->kind == VALUE_TEXT;
	return !column->of_key->applies || column->of_key->applies(column->of_key, &row->key);
}

/* A map of no benchmark has no scenario. */
static bool has_scenario(const struct column *column, const void *key)
{
	(void)column;
	return ((const struct row_key *)key)->map.scenario;
}

ROW_GETTER(get_sum, row_hist(line->row, column->which),
	   row_hist(line->row, column->which)->total_ns);
ROW_GETTER(get_mean, row_hist(line->row, column->which),
	   hist_mean(row_hist(line->row, column->which)));
ROW_GETTER(get_percentile, row_hist(line->row, column->which),
	   hist_percentile(row_hist(line->row, column->which), column->percent));

ROW_GETTER(get_entries, line->row->phases && line->row->phases->counted,
	   line->row->phases->entries);
ROW_GETTER(get_entry_ns, line->row->phases && line->row->phases->entries,
	   line->row->phases->counted_ns / line->row->phases->entries);

ROW_GETTER(get_time_sum, line->row->phases && line->row->phases->time.known & column->which,
	   worker_time_part(&line->row->phases->time, column->which));

/* The teardowns whose count is known; their mean. */
static __u32 with_events(const struct column *column, const struct row_line *line)
{
	return line->row->phases ? line->row->phases->with_events[column->which] : 0;
}

ROW_GETTER(get_events_n, line->row->phases, with_events(column, line));
ROW_GETTER(get_events_mean, with_events(column, line),
	   line->row->phases->time.events[column->which] / with_events(column, line));

/* These may be few. */
static GETTER(get_misses_mean, const struct row_line *line, with_events(column, line), real,
	      (double)line->row->phases->time.events[column->which] / with_events(column, line));

ROW_GETTER(get_bytes, line->row->phases && line->row->phases->measured, line->row->phases->bytes);
ROW_GETTER(get_bytes_exact, line->row->phases && line->row->phases->measured,
	   line->row->phases->exact == line->row->count);

static bool has_more_bytes(const void *object)
{
	const struct row *row = ((const struct row_line *)object)->row;

	return row->phases && row->phases->exact < row->count;
}

static const struct column type_column[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "row"},
};
static const struct column interval_columns[] = {
	{"interval", NULL, VALUE_NUMBER, .get = get_interval},
	{"time", NULL, VALUE_TEXT, .get = get_time, .at = offsetof(struct row_line, end_ns)},
};

#define OF_PHASE(of_phase) VALUE_DURATION, .applies = has_phase, .which = (of_phase)
#define SUM(name, heading, phase, ...)                                                             \
	{                                                                                          \
		name, heading, OF_PHASE(phase), .get = get_sum, __VA_ARGS__                        \
	}
#define MEAN(name, heading, phase, ...)                                                            \
	{                                                                                          \
		name, heading, OF_PHASE(phase), .get = get_mean, __VA_ARGS__                       \
	}
#define PERCENTILE(name, heading, phase, of_hundred, ...)                                          \
	{                                                                                          \
		name, heading, OF_PHASE(phase), .get = get_percentile, .percent = (of_hundred),    \
						__VA_ARGS__                                        \
	}
#define SORTS(key) .sorts = 1U << (key)

/* Parts of FREE */
#define TIME_SUM(name, heading, part)                                                              \
	{                                                                                          \
		name, heading, VALUE_DURATION, .optional = true, .goes = 1, .get = get_time_sum,   \
					       .which = TIME_##part##_KNOWN, SORTS(SORT_##part)    \
	}

/* In FREE: their mean, and the number of teardowns behind it. */
#define EVENTS(name, counter, mean_kind, get_mean)                                                 \
	{name "_mean", NULL, mean_kind, .get = (get_mean), .which = (counter)},                    \
	{                                                                                          \
		name "_n", NULL, VALUE_NUMBER, .get = get_events_n, .which = (counter)             \
	}

#define COUNT                                                                                      \
	{                                                                                          \
		"count", "COUNT", VALUE_NUMBER, .get = get_count, SORTS(SORT_COUNT)                \
	}
#define UNMEASURED                                                                                 \
	{                                                                                          \
		"unmeasured", "UNMEASURED", VALUE_NUMBER,                                          \
			.optional = true, .goes = NAMES_SHRINK + 4, .get = get_unmeasured          \
	}

static const struct column figure_columns[] = {
	COUNT,
	{"empty", "EMPTY", VALUE_NUMBER, .goes = 4, .get = get_empty, SORTS(SORT_EMPTY)},
	UNMEASURED,
	SUM("total_ns", "TOTAL", PHASE_TOTAL, SORTS(SORT_TOTAL)),
	PERCENTILE("min_ns", "MIN", PHASE_TOTAL, 0, .goes = 1, SORTS(SORT_MIN)),
	MEAN("mean_ns", "MEAN", PHASE_TOTAL, .goes = 3, SORTS(SORT_MEAN)),
	PERCENTILE("p50_ns", "P50", PHASE_TOTAL, 50, .goes = 5, SORTS(SORT_P50)),
	PERCENTILE("p90_ns", "P90", PHASE_TOTAL, 90, .goes = 2, SORTS(SORT_P90)),
	PERCENTILE("p99_ns", "P99", PHASE_TOTAL, 99, .goes = NAMES_SHRINK, SORTS(SORT_P99)),
	PERCENTILE("max_ns", "MAX", PHASE_TOTAL, 100, .goes = NAMES_SHRINK + 1, SORTS(SORT_MAX)),
};

/* goes: the rank of the median; the 99th percentile stays longer. */
#define PHASE_FIGURES(name, heading, phase, rank)                                                  \
	SUM(name "_sum_ns", NULL, phase),                                                          \
		PERCENTILE(name "_p50_ns", heading " P50", phase, 50, .goes = (rank)),             \
		PERCENTILE(name "_p90_ns", NULL, phase, 90),                                       \
		PERCENTILE(name "_p99_ns", heading " P99", phase, 99, .goes = (rank) + 5),         \
		PERCENTILE(name "_max_ns", NULL, phase, 100)

/* In tables, the sums come first. */
static const struct column teardown_figure_columns[] = {
	COUNT,
	SUM(TABLE_ONLY, "TOTAL", PHASE_TOTAL, SORTS(SORT_TOTAL)),
	SUM(TABLE_ONLY, "HELD", PHASE_HELD, .optional = true, .goes = NAMES_SHRINK - 1,
	    SORTS(SORT_HELD)),
	SUM(TABLE_ONLY, "WAIT", PHASE_WAIT, .goes = NAMES_SHRINK + 2, SORTS(SORT_WAIT)),
	SUM(TABLE_ONLY, "FREE", PHASE_FREE, .goes = NAMES_SHRINK + 3, SORTS(SORT_FREE)),
	SUM(TABLE_ONLY, "DESTROY", PHASE_DESTROY, .goes = NAMES_SHRINK, SORTS(SORT_DESTROY)),
	SUM(TABLE_ONLY, "DEFERRED", PHASE_DEFERRED, .goes = NAMES_SHRINK + 1, SORTS(SORT_DEFERRED)),
	UNMEASURED,
	PHASE_FIGURES("wait", "WAIT", PHASE_WAIT, 3),
	PHASE_FIGURES("free", "FREE", PHASE_FREE, 4),
	PHASE_FIGURES("destroy", "DESTROY", PHASE_DESTROY, 1),
	PHASE_FIGURES("deferred", "DEFERRED", PHASE_DEFERRED, 2),
	SUM("held_sum_ns", NULL, PHASE_HELD),
	PERCENTILE("held_p50_ns", NULL, PHASE_HELD, 50),
	PERCENTILE("held_p90_ns", NULL, PHASE_HELD, 90),
	PERCENTILE("held_p99_ns", NULL, PHASE_HELD, 99),
	PERCENTILE("held_max_ns", NULL, PHASE_HELD, 100),
	SUM("total_sum_ns", NULL, PHASE_TOTAL),
	PERCENTILE("total_p50_ns", "TOTAL P50", PHASE_TOTAL, 50, .goes = 11, SORTS(SORT_P50)),
	PERCENTILE("total_p90_ns", NULL, PHASE_TOTAL, 90, SORTS(SORT_P90)),
	PERCENTILE("total_p99_ns", "TOTAL P99", PHASE_TOTAL, 99, .goes = 12, SORTS(SORT_P99)),
	PERCENTILE("total_max_ns", NULL, PHASE_TOTAL, 100, SORTS(SORT_MAX)),
	PERCENTILE("total_min_ns", NULL, PHASE_TOTAL, 0, SORTS(SORT_MIN)),
	MEAN("total_mean_ns", NULL, PHASE_TOTAL, SORTS(SORT_MEAN)),
	TIME_SUM("cpu_sum_ns", "ON CPU", CPU),
	TIME_SUM("runqueue_sum_ns", "RUNQUEUE", RUNQUEUE),
	TIME_SUM("grace_sum_ns", "GRACE", GRACE),
	EVENTS("instructions", COUNTER_INSTRUCTIONS, VALUE_NUMBER, get_events_mean),
	EVENTS("cycles", COUNTER_CYCLES, VALUE_NUMBER, get_events_mean),
	EVENTS("cache_misses", COUNTER_CACHE_MISSES, VALUE_REAL, get_misses_mean),
	EVENTS("dtlb_misses", COUNTER_DTLB_MISSES, VALUE_REAL, get_misses_mean),
	{"entries", "ENTRIES", VALUE_NUMBER, .goes = 10, .get = get_entries},
	{"ns_per_entry", "PER ENTRY", VALUE_DURATION, .goes = 13, .get = get_entry_ns,
	 .applies = has_entries},
	{"bytes", "BYTES", VALUE_BYTES, .optional = true, .goes = NAMES_SHRINK + 5,
	 .get = get_bytes, .at_least = has_more_bytes, SORTS(SORT_BYTES)},
	{"bytes_exact", NULL, VALUE_BOOL, .get = get_bytes_exact},
};

#define AT(member) .at = offsetof(struct row_key, member)

static const struct column key_sources[] = {
	[KEY_CALLER] = {"caller", "CALLER", VALUE_TEXT, .get = get_caller, AT(caller)},
	[KEY_TYPE] = {"map_type", "TYPE", VALUE_TEXT, .get = get_map_type, AT(map)},
	[KEY_NAME] = {"map_name", "NAME", VALUE_TEXT, .get = get_map_name, AT(map)},
	[KEY_ALLOC] = {"alloc", "ALLOC", VALUE_TEXT, .get = get_alloc, .unknown = ALLOC_NOT_KNOWN,
		       AT(alloc)},
	[KEY_COMM] = {"comm", "COMM", VALUE_TEXT, .get = get_text_at, AT(comm)},
	[KEY_CPU] = {"cpu", "CPU", VALUE_NUMBER, .get = get_u32, AT(cpu)},
	[KEY_ID] = {"map_id", "ID", VALUE_NUMBER, .get = get_nonzero_u32, AT(map.identity.map_id)},
	[KEY_RELEASED_BY] = {"released_by", "RELEASED BY", VALUE_TEXT, .get = get_releaser_comm,
			     AT(map.identity)},
	[KEY_RELEASED_PID] = {"released_pid", "BY PID", VALUE_NUMBER, .get = get_releaser_pid,
			      AT(map.identity)},
	[KEY_CGROUP] = {TABLE_ONLY, "CGROUP", VALUE_TEXT, .get = get_releaser_cgroup,
			AT(map.identity)},
	[KEY_UNIT] = {"unit", "UNIT", VALUE_TEXT, .get = get_unit, .applies = has_unit,
		      AT(map.identity)},
	[KEY_POD] = {"pod_uid", "POD", VALUE_TEXT, .get = get_pod, .applies = has_pod,
		     AT(map.identity)},
	[KEY_CONTAINER] = {"container_id", "CONTAINER", VALUE_TEXT, .get = get_container,
			   .applies = has_container, AT(map.identity)},
	[KEY_MEMCG] = {TABLE_ONLY, "MEMCG", VALUE_TEXT, .get = get_memcg},
	[KEY_HOST] = {"host", "HOST", VALUE_TEXT, .get = get_string, AT(map.host)},
	[KEY_SCENARIO] = {"scenario", "SCENARIO", VALUE_TEXT, .get = get_string,
			  .applies = has_scenario, AT(map.scenario)},
};

/* Other formats than tables have both. */
static const struct column cgroup_columns[] = {
	{"cgroup_id", NULL, VALUE_NUMBER, .get = get_releaser_cgroup_id, AT(map.identity)},
	{"cgroup", NULL, VALUE_TEXT, .get = get_cgroup_path, AT(map.identity)},
};

_Static_assert(ARRAY_SIZE(key_sources) == NR_KEYS, "a column for each key");

static const struct column memcg_columns[] = {
	{"memcg_id", NULL, VALUE_NUMBER, .get = get_nonzero_u64, AT(memcg_id)},
	{"memcg", NULL, VALUE_TEXT, .get = get_memcg_path},
};

static struct column key_column(const struct column *of_key, enum key key)
{
	struct column column = *of_key;

	column.get = get_row_key;
	column.applies = has_row_key;
	column.which = key;
	column.of_key = of_key;
	return column;
}

_Static_assert(NR_KEYS + ARRAY_SIZE(cgroup_columns) + ARRAY_SIZE(memcg_columns) <= MAX_KEY_COLUMNS,
	       "columns of keys");

struct column *add_key_columns(struct column *list, const enum key *by, size_t nr_by, getter *get,
			       bool (*applies)(const struct column *column, const void *object))
{
	struct column *column = list;

	for (size_t i = 0; i < nr_by; i++) {
		size_t j;

		*list++ = key_column(&key_sources[by[i]], by[i]);
		for (j = 0; by[i] == KEY_CGROUP && j < ARRAY_SIZE(cgroup_columns); j++)
			*list++ = key_column(&cgroup_columns[j], by[i]);
		for (j = 0; by[i] == KEY_MEMCG && j < ARRAY_SIZE(memcg_columns); j++)
			*list++ = key_column(&memcg_columns[j], by[i]);
	}
	for (; column < list; column++) {
		column->get = get ?: column->get;
		column->applies = applies ?: column->applies;
	}
	return list;
}

_Static_assert(3 + MAX_KEY_COLUMNS + ARRAY_SIZE(figure_columns) < MAX_ROW_COLUMNS,
	       "columns of a row");
_Static_assert(3 + MAX_KEY_COLUMNS + ARRAY_SIZE(teardown_figure_columns) < MAX_ROW_COLUMNS,
	       "columns of a row");

void row_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by,
		 bool teardowns, bool intervals)
{
	const struct column *figures = teardowns ? teardown_figure_columns : figure_columns;
	size_t nr = teardowns ? ARRAY_SIZE(teardown_figure_columns) : ARRAY_SIZE(figure_columns), i;

	*list++ = *type_column;
	for (i = 0; i < ARRAY_SIZE(interval_columns) && intervals; i++)
		*list++ = interval_columns[i];
	list = add_key_columns(list, by, nr_by, NULL, NULL);
	for (i = 0; i < nr; i++)
		*list++ = figures[i];
	*list = (struct column){};
}
