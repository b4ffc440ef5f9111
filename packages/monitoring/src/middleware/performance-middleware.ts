export { createPerformanceMiddleware, type PerformanceMiddleware, type PerformanceMiddlewareOptions } from "@monotask/middleware";
