/** The work that contenders are measured at: what is computed, on which numbers, how exactly. */
package org.pellucid.bench.work;
