/**
 * Models by name or file: the built-in image classifier and sample images, known BERT models, and
 * those in a user's files. The rules of {@link org.pellucid.models} hold.
 */
package org.pellucid.models.zoo;
