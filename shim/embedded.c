/* The generated header defines the array of embedded files, so it belongs to one object alone. */
#include "gen/hooks.h"
