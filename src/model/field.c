// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and sets members of structs by their descriptions.
 */
#include <stdint.h>
#include <string.h>

#include "model/field.h"

__u64 field_get(const struct field *field, const void *object)
{
	const char *at = (const char *)object + field->at;
	__u64 wide = 0;
	__u32 number = 0;

	switch (field->size) {
	case sizeof(wide):
		memcpy(&wide, at, sizeof(wide));
		return wide;
	case sizeof(number):
		memcpy(&number, at, sizeof(number));
		return number;
	default:
		return field->kind == FIELD_FLAG ? (*(const __u8 *)at & field->bit) != 0
						 : *(const __u8 *)at;
	}
}

void field_set(const struct field *field, void *object, __u64 value)
{
	char *at = (char *)object + field->at;
	__u32 number = value;

	if (field->kind == FIELD_FLAG)
		*(__u8 *)at = value ? *(__u8 *)at | field->bit : *(__u8 *)at & ~field->bit;
	else if (field->size == sizeof(value))
		memcpy(at, &value, sizeof(value));
	else if (field->size == sizeof(number))
		memcpy(at, &number, sizeof(number));
	else
		*(__u8 *)at = value;
}

const char *field_word(const struct field *field, unsigned int value)
{
	return field->words ? field->words[value] : field->word(value);
}

const char *field_text(const struct field *field, const void *object)
{
	const char *text = (const char *)object + field->at;

	switch (field->kind) {
	case FIELD_WORD:
		return field_word(field, field_get(field, object));
	case FIELD_TEXT:
		return *text ? text : NULL;
	case FIELD_NAME:
		return text;
	default:
		return NULL;
	}
}

bool field_is_known(const struct field *field, const void *object)
{
	const __u8 *flags = (const __u8 *)object + field->flags;

	if (field->known && !(*flags & field->known))
		return false;
	switch (field->kind) {
	case FIELD_NONZERO:
		return field_get(field, object) != 0;
	case FIELD_FIGURE:
	case FIELD_TIME:
		return field_get(field, object) <= INT64_MAX;
	case FIELD_TEXT:
	case FIELD_WORD:
		return field_text(field, object) != NULL;
	default:
		return true;
	}
}

bool field_may_be_unknown(const struct field *field)
{
	return field->known || field->kind == FIELD_NONZERO || field->kind == FIELD_FIGURE ||
	       field->kind == FIELD_TIME || field->kind == FIELD_TEXT ||
	       (field->kind == FIELD_WORD && !field_word(field, 0));
}
