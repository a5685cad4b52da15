package org.pellucid.explain.view;

import java.util.List;

/**
 * A page that works from a file without a network: data, and the scripts that show it.
 *
 * <p>Scripts are JavaScript modules, read as resources beside the page's class or beside this
 * interface (a named module opens its package for that). A script imports what it needs in lines
 * such as {@code import {make} from './dom.js';}; what it imports becomes part of the page. The
 * data is the JSON that {@code data.js} reads.
 */
public interface Page {
  /** The title of the window and the headline. */
  String title();

  /** The names of the scripts that run when the page is opened, such as {@code attention.js}. */
  List<String> scripts();

  /** The names of style sheets beside the one that all pages share. */
  default List<String> styles() {
    return List.of();
  }

  /** What the scripts show, as Jackson writes it; the page's own components by default. */
  default Object data() {
    return this;
  }
}
