import { Link } from "../parts/link.tsx";
import { Empty } from "../parts/states.tsx";
import { SectionPanels } from "../panels/section.tsx";
import { useView } from "../viewer.ts";

/** One section of the definition, with tabs to the others. */
export function SectionPage({ id }: { id: string }) {
  const { dashboard } = useView();
  const section = dashboard.sections.find((one) => one.id === id);
  return (
    <>
      <nav class="tabs" aria-label="Sections">
        {dashboard.sections.map((one) => (
          <Link key={one.id} to={`/sections/${one.id}`} current={one.id === id}>
            {one.title}
          </Link>
        ))}
      </nav>
      {section === undefined ? <Empty title={`There is no section ${id}`} /> : <SectionPanels key={id} section={section} />}
    </>
  );
}
