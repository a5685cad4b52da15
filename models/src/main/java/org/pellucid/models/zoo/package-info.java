/** Networks by name: built-in weights and pictures, and known models. */
package org.pellucid.models.zoo;
