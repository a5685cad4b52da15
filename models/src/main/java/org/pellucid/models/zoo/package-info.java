/** Networks by name: built-in weights and images, and models found by name or directory. */
package org.pellucid.models.zoo;
