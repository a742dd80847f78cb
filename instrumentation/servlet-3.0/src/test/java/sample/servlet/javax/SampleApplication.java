package sample.servlet.javax;

import java.util.EnumSet;
import javax.servlet.DispatcherType;
import javax.servlet.FilterRegistration;
import javax.servlet.ServletContext;
import javax.servlet.ServletContextEvent;
import javax.servlet.ServletContextListener;
import javax.servlet.ServletRegistration;

/** Registers the sample servlet behind two filters, which see every kind of dispatch. */
public final class SampleApplication implements ServletContextListener {

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    ServletRegistration.Dynamic servlet = context.addServlet("sample", new SampleServlet());
    servlet.setAsyncSupported(true);
    servlet.addMapping("/*");
    for (String name : new String[] {"first", "second"}) {
      FilterRegistration.Dynamic filter = context.addFilter(name, new SampleFilter());
      filter.setAsyncSupported(true);
      filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
    }
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {}
}
