/** The module that sees the whole house: its tests hold the arrows and the format. */
package org.pellucid.bench;
