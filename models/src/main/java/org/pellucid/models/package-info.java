/** What explanation methods and other programs see of a model, whatever its kind. */
package org.pellucid.models;
