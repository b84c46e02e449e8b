// What an expression may take. Each bound is told in the error of whoever meets it.

/** Characters of one expression. */
export const textLengthMax = 65_536
/** Levels of nesting in one expression: brackets, operators, macros. A frame of each is some hundred bytes of stack. */
export const depthMax = 200
/** Levels of nesting in a value that is compared or written out. */
export const valueDepthMax = 200
/** Characters of a regular expression. */
export const patternLengthMax = 4_096
/** Parts of a regular expression, its repeats written out: `(ab){3}` has 6. To compile so many takes some 20 ms. */
export const patternSizeMax = 5_000
/** Regular expressions that stand in one text; and as many that it is given are kept between evaluations. */
export const patternsMax = 50
/** Characters of a string, or items of a list, that an expression may make. */
export const madeSizeMax = 1_000_000
/** What one evaluation may cost unless it is said otherwise: about one for each step, item and 64 characters. */
export const costMaxUsual = 100_000
/** Errors of one expression that are told. */
export const errorsMax = 20
/** Sub-expressions that a trace keeps. */
export const traceStepsMax = 2_000
