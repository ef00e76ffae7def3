// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a fuzz target on the files named, where there is no libFuzzer.
 */
#include "fuzz.h"

int main(int argc, char **argv)
{
	static __u8 data[1 << 20];

	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "r");
		size_t size;

		if (!file) {
			perror(argv[i]);
			return 1;
		}
		size = fread(data, 1, sizeof(data), file);
		fclose(file);
		LLVMFuzzerTestOneInput(data, size);
	}
	return 0;
}
