/** BERT: its configuration, its vocabulary, and text turned into the tokens it reads. */
package org.pellucid.models.bert;
